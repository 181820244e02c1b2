import {escapeHtml, shortNumber, theme} from './markup.ts';

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  /** A logarithmic y axis, where all values are above zero. */
  readonly log: boolean;
}

const size = {width: 340, height: 190, left: 48, right: 10, top: 8, bottom: 30};

/**
 * Lines in one SVG. Drawn by hand, not by Observable Plot: a picture that is drawn again and again while a loop runs must take no time,
 * and Plot cannot be loaded in the middle of a loop.
 */
export function lineChart(lines: readonly Line[], {title, xLabel, log}: ChartOptions): string {
  const {width, height, left, right, top, bottom} = size;
  const shown = lines.flatMap(({ys}) => ys.filter(Number.isFinite));
  const logged = log && shown.every(y => y > 0);
  const scaled = (y: number): number => (logged ? Math.log10(y) : y);
  const [x0, x1] = padded(extent(lines.flatMap(({xs}) => xs)), 0);
  const [y0, y1] = padded(extent(shown.map(scaled)), 0.05);
  const px = (x: number): number => left + ((x - x0) / (x1 - x0)) * (width - left - right);
  const py = (y: number): number => height - bottom - ((scaled(y) - y0) / (y1 - y0)) * (height - top - bottom);
  const yTicks = logged ? logTicks(y0, y1) : ticks(y0, y1, 5);
  const xTicks = ticks(x0, x1, 6).filter(Number.isInteger);
  const at = (n: number): string => n.toFixed(1);
  const parts = [
    ...yTicks.map(
      y =>
        `<line x1="${left}" x2="${width - right}" y1="${at(py(y))}" y2="${at(py(y))}" stroke="currentColor" stroke-opacity="0.15"/>` +
        `<text x="${left - 6}" y="${at(py(y) + 3.5)}" text-anchor="end">${shortNumber(y)}</text>`,
    ),
    ...xTicks.map(x => `<text x="${at(px(x))}" y="${height - bottom + 14}" text-anchor="middle">${x.toLocaleString('en')}</text>`),
    `<text x="${width - right}" y="${height - 3}" text-anchor="end" fill-opacity="0.7">${escapeHtml(xLabel)} →</text>`,
    ...lines.flatMap(line => drawn(line, px, py)),
  ];
  return (
    `<svg role="img" aria-label="${escapeHtml(title)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `style="max-width: 100%; height: auto; color: ${theme.text}; background: transparent" font-family="system-ui, sans-serif" font-size="10" fill="currentColor">${parts.join('')}</svg>`
  );
}

/** A line with a gap where a value is NaN or infinite, and dots where the points are few. */
function drawn({xs, ys, colour, dashed}: Line, px: (x: number) => number, py: (y: number) => number): string[] {
  let path = '';
  let pen = 'M';
  const dots: string[] = [];
  for (const [i, y] of ys.entries()) {
    if (!Number.isFinite(y)) {
      pen = 'M';
      continue;
    }
    const place = [px(xs[i]!).toFixed(1), py(y).toFixed(1)] as const;
    path += `${pen}${place.join(',')}`;
    pen = 'L';
    if (ys.length <= 12) dots.push(`<circle cx="${place[0]}" cy="${place[1]}" r="2.2" fill="${colour}"/>`);
  }
  const dash = dashed ? ' stroke-dasharray="4 3"' : '';
  return [`<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"${dash}/>`, ...dots];
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** One value alone stands in the middle. */
function padded([low, high]: [number, number], part: number): [number, number] {
  const by = low === high ? Math.max(Math.abs(low) * 0.1, 0.5) : (high - low) * part;
  return [low - by, high + by];
}

/** Round numbers in a range: multiples of 1, 2 or 5 times a power of ten. */
function ticks(low: number, high: number, about: number): number[] {
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (raw / power >= 5 ? 10 : raw / power >= 2 ? 5 : raw / power >= 1 ? 2 : 1);
  const first = Math.ceil(low / step);
  return Array.from({length: Math.max(0, Math.floor(high / step) - first + 1)}, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten; where the range has fewer than two, round numbers of it. */
function logTicks(low: number, high: number): number[] {
  const powers = Array.from({length: Math.max(0, Math.floor(high) - Math.ceil(low) + 1)}, (_, i) => 10 ** (Math.ceil(low) + i));
  if (powers.length < 2) return ticks(10 ** low, 10 ** high, 4).filter(tick => tick > 0);
  const every = Math.ceil(powers.length / 6);
  return powers.filter((_, i) => i % every === 0);
}
