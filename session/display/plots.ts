import {whole, wholeNow} from '../life/whole.ts';
import {createRequire} from 'node:module';
import type {TypedArray} from '../wire/plain.ts';
import {escapeHtml, shortNumber, theme} from './markup.ts';

const heatMapSide = 32;
const bins = 40;

/** What of the DOM is used here: the project is compiled without its types. */
interface Drawn {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

let page: object | undefined;

/** A document to draw in, for Observable Plot. Loaded by the first plot, it takes a while. */
export function drawingDocument(): object {
  if (page) return page;
  const {JSDOM} = wholeNow(() => createRequire(import.meta.url)('jsdom') as {JSDOM: new (html: string) => {window: {document: object}}});
  return (page = new JSDOM('').window.document);
}

/** Counts of the finite values, as an SVG. */
export async function histogram(values: TypedArray, label: string): Promise<string> {
  const [min, max, counts] = count(values);
  const width = (max - min) / bins;
  const bars = counts.map((n, i) => ({from: min + i * width, to: min + (i + 1) * width, n}));
  const Plot = await whole(() => import('@observablehq/plot'));
  return draw(
    Plot.plot({
      ...frame(label, 320, 120),
      x: {label: null},
      y: {label: 'count', grid: true, ticks: 3},
      marks: [Plot.rectY(bars, {x1: 'from', x2: 'to', y: 'n', fill: theme.accent, insetLeft: 0.5}), Plot.ruleY([0])],
    }),
  );
}

/** The values as colours, as an SVG with a key to them; large matrices are averaged down to 32 × 32. values [rows, columns] */
export async function heatMap(values: TypedArray, rows: number, columns: number, label: string): Promise<string> {
  const [down, across] = [Math.min(rows, heatMapSide), Math.min(columns, heatMapSide)];
  const sums = new Float64Array(down * across);
  const counts = new Uint32Array(down * across);
  for (let r = 0; r < rows; r++) {
    const start = Math.floor((r * down) / rows) * across;
    for (let c = 0; c < columns; c++) {
      const value = values[r * columns + c]!;
      const at = start + Math.floor((c * across) / columns);
      if (!Number.isFinite(value)) continue;
      sums[at]! += value;
      counts[at]!++;
    }
  }
  const cells = Array.from(sums, (sum, i) => ({
    row: Math.floor(i / across),
    column: i % across,
    value: counts[i] ? sum / counts[i]! : NaN,
  }));
  const finite = cells.map(cell => cell.value).filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const signed = low < 0;
  const reach = Math.max(-low, high);
  const ends =
    low === high
      ? `all ${shortNumber(low)}`
      : signed
        ? `red ${shortNumber(-reach)}, white 0, blue ${shortNumber(reach)}`
        : `dark ${shortNumber(low)}, bright ${shortNumber(high)}`;
  const averaged = down < rows || across < columns;
  const exact = rows % down === 0 && columns % across === 0;
  const key = finite.length
    ? `${averaged ? `means of ${exact ? '' : 'about '}${Math.round(rows / down)} × ${Math.round(columns / across)} values: ` : ''}${ends}`
    : '';
  const side = Math.max(4, Math.min(20, 160 / Math.max(down, across)));
  const Plot = await whole(() => import('@observablehq/plot'));
  const drawn = draw(
    Plot.plot({
      ...frame(label, across * side, down * side),
      margin: 0,
      x: {axis: null, padding: 0},
      y: {axis: null, padding: 0},
      color: signed ? {type: 'diverging', scheme: 'RdBu', pivot: 0, domain: [-reach, reach]} : {type: 'linear', scheme: 'Viridis'},
      marks: [Plot.cell(cells, {x: 'column', y: 'row', fill: 'value', inset: 0})],
    }),
  );
  return `<div>${drawn}<small style="display: block; max-width: 15em; color: ${theme.faint}">${escapeHtml(key)}</small></div>`;
}

function frame(label: string, width: number, height: number): Record<string, unknown> {
  return {document: drawingDocument(), width, height, ariaLabel: label, style: {background: 'transparent', color: theme.text}};
}

function draw(plot: unknown): string {
  const element = plot as Drawn;
  element.setAttribute('role', 'img');
  return element.outerHTML;
}

function count(values: TypedArray): [number, number, number[]] {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const counts = Array.from({length: bins}, () => 0);
  const scale = bins / (max - min);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((value - min) * scale))]!++;
  }
  return [min, max, counts];
}
