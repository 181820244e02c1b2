import {type Shown, shown} from '../../checking/notebook.ts';
import {escapeHtml} from '../../checking/report.ts';
import {monthlyCost} from '../../quant/plan/serving.ts';
import {faqOptions} from './inputs.ts';
import type {ServingOption} from './interface.ts';

const blue = 'var(--jp-brand-color1, light-dark(#1565c0, #64b5f6))';
const faint = 'var(--jp-ui-font-color2, light-dark(#666, #aaa))';
const rule = `border-bottom:1px solid ${faint}`;

/** An option, what it costs a month, and what speaks against it. */
interface Row {
  readonly option: ServingOption;
  readonly month: number;
  readonly missed: number;
  readonly against: readonly string[];
}

/** The FAQ chatbot's options as a table: what each costs, what it misses, which is picked, and why no other. */
export function chooser(requestsPerDay: number, accuracyFloor: number, latencyCeiling: number, budgetPerMonth: number): Shown {
  const rows = faqOptions.map((option): Row => {
    const month = option.rentPerMonth + monthlyCost(option.dollarsPerRequest, requestsPerDay);
    return {
      option,
      month,
      missed: Math.round((requestsPerDay * (100 - option.accuracy)) / 100),
      against: [
        ...(option.accuracy < accuracyFloor ? [`${option.accuracy}% is below ${accuracyFloor}%`] : []),
        ...(option.milliseconds > latencyCeiling ? [`${option.milliseconds} ms are more than ${latencyCeiling}`] : []),
        ...(month > budgetPerMonth ? [`${dollars(month)} are over the budget`] : []),
      ],
    };
  });
  const good = rows.filter(({against}) => against.length === 0).toSorted((a, b) => a.month - b.month);
  const picked = good[0];
  const heading = picked
    ? `▶ ${picked.option.name}: ${dollars(picked.month)} a month, ${picked.missed.toLocaleString('en')} missed answers a day`
    : '✗ no option meets everything: which requirement can give way?';
  const verdict = (row: Row): string =>
    row === picked
      ? '▶ picked'
      : row.against.length === 0
        ? `✓ good enough, but ${dollars(row.month - picked!.month)} dearer`
        : `✗ ${row.against.join('; ')}`;
  const most = Math.max(...rows.map(({month}) => month));
  return shown({
    'text/plain': [heading, ...rows.map(row => `${row.option.name}: ${dollars(row.month)} a month, ${verdict(row)}`)].join('\n'),
    'text/html':
      `<div style="max-width:720px"><div style="font-size:1.15em;font-weight:600">${heading}</div>` +
      `<div style="overflow-x:auto"><table style="border-collapse:collapse;width:100%;min-width:580px;font-variant-numeric:tabular-nums"><caption style="text-align:left">What a month costs, and why each option is picked or not</caption>` +
      `<thead><tr>${['option', '$ a month', 'ms', 'right', 'missed a day', 'verdict'].map(headingCell).join('')}</tr></thead>` +
      `<tbody>${rows.map(row => bodyRow(row, verdict(row), row === picked, most)).join('')}</tbody></table></div></div>`,
  });
}

const widths = ['20%', '16%', '7%', '7%', '10%', '40%'];

const headingCell = (words: string, i: number): string =>
  `<th scope="col" style="${rule};padding:4px 6px;text-align:${i === 0 || i === 5 ? 'left' : 'right'};width:${widths[i]}">${words}</th>`;

function bodyRow({option, month, missed}: Row, verdict: string, isPicked: boolean, most: number): string {
  const cell = (inner: string, side = 'right'): string => `<td style="${rule};padding:4px 6px;text-align:${side}">${inner}</td>`;
  // Its length is in words beside it, so it needs none of its own.
  const bar = `<div aria-hidden="true" style="height:6px;width:${Math.max(1, (100 * month) / most).toFixed(1)}%;min-width:2px;background:${isPicked ? blue : faint}"></div>`;
  return (
    `<tr${isPicked ? ' style="font-weight:600"' : ''}><th scope="row" style="${rule};padding:4px 6px;text-align:left;font-weight:inherit">${escapeHtml(option.name)}</th>` +
    cell(`${dollars(month)}${bar}`) +
    cell(String(option.milliseconds)) +
    cell(`${option.accuracy}%`) +
    cell(missed.toLocaleString('en')) +
    `${cell(verdict, 'left')}</tr>`
  );
}

const dollars = (amount: number): string => `$${Math.round(amount).toLocaleString('en')}`;
