import type {CheckResult, Comparison, TaskResult, Verdict} from './types.ts';

/** Word and symbol of a verdict: colour alone tells nothing to a reader who does not see it. */
export const verdictWords: Readonly<Record<Verdict, {readonly symbol: string; readonly word: string}>> = {
  passed: {symbol: '✓', word: 'passed'},
  failed: {symbol: '✗', word: 'failed'},
  error: {symbol: '!', word: 'stopped with an error'},
  timeout: {symbol: '!', word: 'took too long'},
  memory: {symbol: '!', word: 'ran out of memory'},
  forged: {symbol: '!', word: 'broke the protocol'},
  infrastructure: {symbol: '?', word: 'could not be judged'},
};

const colours: Readonly<Record<Verdict, string>> = {
  passed: 'var(--jp-success-color1, light-dark(#1a7f37, #56d364))',
  failed: 'var(--jp-error-color1, light-dark(#cf222e, #ff7b72))',
  error: 'var(--jp-warn-color1, light-dark(#9a6700, #e3b341))',
  timeout: 'var(--jp-warn-color1, light-dark(#9a6700, #e3b341))',
  memory: 'var(--jp-warn-color1, light-dark(#9a6700, #e3b341))',
  forged: 'var(--jp-error-color1, light-dark(#cf222e, #ff7b72))',
  infrastructure: 'var(--jp-info-color1, light-dark(#0969da, #58a6ff))',
};
const ink = 'var(--jp-content-font-color1, light-dark(#1f2328, #e6edf3))';
const faint = 'var(--jp-border-color2, light-dark(#d0d7de, #3d444d))';
const comparisonSigns: Readonly<Record<Comparison, string>> = {'<=': '≤', '<': '<', '>=': '≥', '>': '>', '==': '='};

/** A task's result as self-contained HTML: one row per check with its measured value, threshold and margin, and a bar. `pictures` are SVG or HTML by check name. */
export function taskHtml(result: TaskResult, pictures: ReadonlyMap<string, string> = new Map()): string {
  const {same, checks} = withOneError(result);
  const rows = saidOnce(checks)
    .map(check => `<li style="margin:.5em 0;list-style:none">${checkHtml(check)}${pictures.get(check.name) ?? ''}</li>`)
    .join('');
  return (
    `<section aria-label="Check of ${escapeHtml(result.task)}" style="color:${ink};max-width:46em;font-family:var(--jp-content-font-family,system-ui,sans-serif);line-height:1.45">` +
    `<p style="margin:.2em 0"><strong style="color:${colours[result.verdict]}">${verdictWords[result.verdict].symbol} ${escapeHtml(result.title)}: ${verdictWords[result.verdict].word}</strong> ` +
    `· ${result.points} of ${result.max} points</p>` +
    (same === '' ? '' : `<p style="margin:.4em 0;white-space:pre-wrap">${escapeHtml(same)}</p>`) +
    (same === '' ? `<ul style="margin:0;padding:0">${rows}</ul>` : waiting(checks)) +
    '</section>'
  );
}

/** The same as plain text, for terminals and screen readers. */
export function taskText(result: TaskResult): string {
  const {same, checks} = withOneError(result);
  return [
    `${verdictWords[result.verdict].symbol} ${result.title}: ${verdictWords[result.verdict].word} · ${result.points} of ${result.max} points`,
    ...(same === '' ? [] : [indent(same, 2)]),
    ...saidOnce(checks).flatMap(check => [
      same !== ''
        ? `  ○ ${check.name}`
        : `  ${verdictWords[check.verdict].symbol} ${check.name} (${verdictWords[check.verdict].word})${check.measurement ? `: ${numbers(check.measurement)}` : ''}`,
      ...(check.message === '' ? [] : [indent(check.message, 4)]),
    ]),
  ].join('\n');
}

/** `measured 0.0039 · threshold ≤ 0.01 · margin 0.0061 × scale` */
export function numbers({measured, comparison, threshold, margin, unit}: NonNullable<CheckResult['measurement']>): string {
  return `measured ${short(measured)} · threshold ${comparisonSigns[comparison]} ${short(threshold)} · margin ${short(margin)} ${unit}`;
}

export function short(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 9.995e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}

/** An answer that throws at once makes every check say the same: said once, on top. */
function withOneError(result: TaskResult): {same: string; checks: readonly CheckResult[]} {
  const first = result.checks[0]?.message ?? '';
  const same =
    first !== '' && result.checks.length > 1 && result.checks.every(check => check.verdict !== 'failed' && check.message === first);
  return same ? {same: first, checks: result.checks.map(check => ({...check, message: ''}))} : {same: '', checks: result.checks};
}

/** What all checks of a task that did not pass say alike, where several do: an answer that is not written yet says it once, not per check. */
export function sharedMessage({checks}: TaskResult): string {
  const [first, second, ...more] = checks.filter(check => check.verdict !== 'passed').map(check => check.message);
  return first !== undefined && first === second && more.every(message => message === first) ? first : '';
}

/** One mistake can make many checks say the same: the later ones refer to the first. */
function saidOnce(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.map((check, i) =>
    check.message !== '' && checks.findIndex(({message}) => message === check.message) < i
      ? {...check, message: 'The same as above.'}
      : check,
  );
}

/** The checks that an answer which threw never came to. */
function waiting(checks: readonly CheckResult[]): string {
  return `<p style="margin:.4em 0">Then it will be checked that</p><ul style="margin:0">${checks.map(({name, max}) => `<li>${escapeHtml(name)} <span style="opacity:.75">(${max})</span></li>`).join('')}</ul>`;
}

function checkHtml(check: CheckResult): string {
  const {symbol, word} = verdictWords[check.verdict];
  return (
    `<div><span style="color:${colours[check.verdict]};font-weight:600">${symbol} ${word}</span> ${escapeHtml(check.name)} ` +
    `<span style="opacity:.75">(${check.points} of ${check.max})</span></div>` +
    (check.measurement ? bar(check.measurement, check.verdict) : '') +
    (check.message === '' ? '' : `<div style="margin-left:1.2em;white-space:pre-wrap">${escapeHtml(check.message)}</div>`)
  );
}

/** The measured value as a bar from zero, the threshold as a mark across it; a count of nothing where nothing was allowed needs no bar, and NaN has none. */
function bar(measurement: NonNullable<CheckResult['measurement']>, verdict: Verdict): string {
  const {measured, threshold} = measurement;
  const text = numbers(measurement);
  const legend = `<small style="font-variant-numeric:tabular-nums">${escapeHtml(text)}</small>`;
  if ((measured === 0 && threshold === 0) || !Number.isFinite(measured)) return `<div style="margin-left:1.2em">${legend}</div>`;
  // Zero is the left end, unless something lies below it.
  const [lowest, highest] = [Math.min(measured, threshold, 0) * 1.25, Math.max(measured, threshold, 0) * 1.25];
  const position = (value: number): number => Math.min(Math.max(((value - lowest) / (highest - lowest)) * 400, 0), 400);
  const at = (value: number): string => position(value).toFixed(1);
  const [from, to] = [Math.min(position(0), position(measured)), Math.max(position(0), position(measured))];
  return (
    `<div style="margin-left:1.2em"><svg role="img" aria-label="${escapeHtml(text)}" viewBox="0 0 404 16" width="404" height="16" style="max-width:100%;display:block">` +
    `<rect x="0" y="5" width="400" height="6" rx="3" style="fill:${faint}"/>` +
    `<rect x="${from.toFixed(1)}" y="5" width="${(to - from).toFixed(1)}" height="6" rx="3" style="fill:${colours[verdict]}"/>` +
    `<line x1="${at(threshold)}" x2="${at(threshold)}" y1="0" y2="16" style="stroke:${ink};stroke-width:2"/></svg>${legend}</div>`
  );
}

function indent(text: string, width: number): string {
  return text.replace(/^/gm, ' '.repeat(width));
}
