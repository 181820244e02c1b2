import {type Shown, shown as show} from '../../checking/notebook.ts';
import {Draw} from '../../data/draw.ts';
import {gridOf, nearestLine} from './inputs.ts';

const [width, lineHeight, barsHeight, margin] = [640, 170, 150, 24];
const bins = 64;
const [low, high] = [-4, 4];

/** Weights as a trained layer has them, a bell, that reach from −4 to 4. */
const values = (() => {
  const draw = new Draw('explorer');
  const bell = Array.from({length: 4000}, () => draw.normal(0, 1.2)).filter(value => value > low && value < high);
  return [low, high, ...bell];
})();
/** Those that are drawn one by one: π, and a few others from all over the range. */
const shown = [-3.6, -2.7, -2.1, -1.45, -0.9, -0.35, 0.1, 0.55, 1.05, 1.8, 2.3, 3.75, Math.PI];

const blue = 'var(--jp-brand-color1, light-dark(#1565c0, #64b5f6))';
const orange = 'var(--jp-warn-color1, light-dark(#c25100, #ffb74d))';
const faint = 'var(--jp-ui-font-color2, light-dark(#666, #aaa))';

/** What each stop of the slider is called. */
export function labelOf(bits: number): string {
  const stops: Record<number, string> = {
    2: '2-bit extreme',
    3: '3-bit: for the daring',
    4: '4-bit: how language models fit on laptops (int4)',
    8: '8-bit standard (int8)',
    16: '16-bit half precision (as many bits as float16)',
    32: '32-bit baseline (as many bits as float32)',
  };
  const between = [4, 8, 16, 32].find(stop => bits < stop)!;
  return stops[bits] ?? `${bits}-bit: between ${between / 2} and ${between}`;
}

/** A picture of what a grid of so many bits does to 4,000 values: snapping on a number line, the distribution before and after, and the three numbers. */
export function explorer(bits: number): Shown {
  const grid = gridOf({data: Float32Array.from([low, high])}, bits);
  const snap = (value: number): number => nearestLine(value, grid);
  let [distances, sizes] = [0, 0];
  for (const value of values) [distances, sizes] = [distances + Math.abs(snap(value) - value), sizes + Math.abs(value)];
  const error = (100 * distances) / sizes;
  const facts = [
    `${(2 ** bits).toLocaleString('en')} levels`,
    `${Number((32 / bits).toFixed(2))}× smaller than float32`,
    `average error ${error < 0.0001 ? 'below 0.0001' : Number(error.toPrecision(3))}%`,
    `3.14159 → ${Number(snap(Math.PI).toFixed(5))}`,
  ];
  return show({
    'text/plain': `${labelOf(bits)}: ${facts.join(' · ')}`,
    'text/html':
      `<div style="max-width:${width}px"><div><strong>${labelOf(bits)}</strong></div>` +
      `<div style="font-variant-numeric:tabular-nums">${facts.join(' · ')}</div>` +
      `${numberLine(bits, grid.step, snap)}${distributions(bits, snap)}</div>`,
  });
}

/** Above, values where they are; below, the lines of the grid and where each value lands. */
function numberLine(bits: number, step: number, snap: (value: number) => number): string {
  const [top, bottom] = [46, 118];
  // More lines than can be told apart are drawn as what they look like: a band.
  const lines =
    (high - low) / step > 260
      ? `<rect x="${at(low)}" y="${bottom - 14}" width="${round(at(high) - at(low))}" height="28" fill="${faint}" opacity=".35"/>`
      : `<path d="${Array.from({length: 2 ** bits}, (_, i) => `M${at(low + i * step)} ${bottom - 14}v28`).join('')}" stroke="${faint}" fill="none"/>`;
  const marks = shown.map(value => {
    const isPi = value === Math.PI;
    const [from, to] = [at(value), at(snap(value))];
    const colour = isPi ? orange : blue;
    // π is a diamond: colour alone would not tell it.
    const point = (x: number, y: number): string =>
      isPi ? `<path d="M${x} ${y - 8}l8 8l-8 8l-8 -8z" fill="${colour}"/>` : `<circle cx="${x}" cy="${y}" r="4.5" fill="${colour}"/>`;
    return `<path d="M${from} ${top + 6}L${to} ${bottom - 6}" stroke="${colour}" stroke-width="1.5"/>${point(from, top)}${point(to, bottom)}`;
  });
  const ticks = [-4, -2, 0, 2, 4].map(tick => text(at(tick), 152, String(tick).replace('-', '−')));
  return svg(
    lineHeight,
    `Number line: ${shown.length} values, and the lines of a ${bits}-bit grid that they snap to`,
    `${text(at(low), 18, 'above: the values (◆ is π) · below: where they land on the grid', 'start')}${lines}${marks.join('')}${ticks.join('')}`,
  );
}

function distributions(bits: number, snap: (value: number) => number): string {
  const half = (width - margin) / 2;
  const before = histogram(values);
  const after = histogram(values.map(snap));
  return svg(
    barsHeight,
    `Two histograms of 4,000 values: before, and after ${bits} bits`,
    bars(before, 0, half - margin, 'before: float32', blue) + bars(after, half + margin, half - margin, `after: ${bits} bits`, orange),
  );
}

function bars(counts: readonly number[], left: number, wide: number, title: string, colour: string): string {
  const floor = barsHeight - 24;
  const most = Math.max(...counts);
  const one = wide / bins;
  const path = counts.map((count, i) => {
    const tall = ((floor - 26) * count) / most;
    return count === 0 ? '' : `M${round(left + i * one)} ${floor}v${round(-tall)}h${round(one * 0.9)}v${round(tall)}z`;
  });
  const axis = `<path d="M${left} ${floor + 0.5}h${wide}" stroke="${faint}"/>`;
  const ends = text(left, floor + 18, '−4', 'start') + text(left + wide / 2, floor + 18, '0') + text(left + wide, floor + 18, '4', 'end');
  const note = `tallest: ${most.toLocaleString('en')}`;
  return `${text(left, 14, title, 'start')}${text(left + wide, 14, note, 'end')}<path d="${path.join('')}" fill="${colour}"/>${axis}${ends}`;
}

function histogram(numbers: readonly number[]): number[] {
  const counts = Array.from({length: bins}, () => 0);
  for (const value of numbers) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins + 1e-9))]!++;
  return counts;
}

const svg = (height: number, label: string, inner: string): string =>
  `<svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="max-width:100%;height:auto;display:block;font:15px system-ui,sans-serif">${inner}</svg>`;

const text = (x: number, y: number, words: string, anchor = 'middle'): string =>
  `<text x="${round(x)}" y="${y}" text-anchor="${anchor}" fill="currentColor">${words}</text>`;

const at = (value: number): number => round(margin + ((value - low) / (high - low)) * (width - 2 * margin));
const round = (value: number): number => Math.round(value * 10) / 10;
