import type {MimeBundle} from '../wire/messages.ts';
import {displaySymbol} from './bundle.ts';
import {counted, escapeHtml, shortNumber, theme} from './markup.ts';
import {encodePng, type Pixels} from './png.ts';
import type {Displayable} from './rich.ts';

/** What an image is made of: a tensor, or numbers with their shape, row-major. */
export type ImageSource =
  | {readonly dtype: string; readonly shape: readonly number[]; dataSync(): ArrayLike<unknown>}
  | {readonly dtype?: string; readonly shape: readonly number[]; readonly data: ArrayLike<number>};

export interface ImageOptions {
  /** The values of black and white: [0, 1] for floats and booleans, [0, 255] for integers unless it is said; 'auto' takes the least and the greatest. */
  readonly range?: readonly [number, number] | 'auto';
  /** Screen pixels a value; small images are enlarged unless it is said. */
  readonly scale?: number;
  /** Images in a row of a batch's grid. */
  readonly columns?: number;
}

interface Layout {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

const shownImages = 100;
const widestGrid = 640;
const mostPixels = 2 ** 22;
const gap = 2;

/**
 * A tensor as a picture (PNG). Shapes: [height, width], [height, width, 1 | 3 | 4], and batches of these, [n, height, width] or
 * [n, height, width, channels], as a grid. Floats are taken to be 0 to 1, integers 0 to 255; `range` says otherwise. Its values are
 * read now: the tensor may be disposed before the picture is shown.
 */
export function image(source: ImageSource, options: ImageOptions = {}): Displayable {
  let bundle: MimeBundle | undefined;
  let fault: unknown;
  try {
    bundle = imageBundle(source, options);
  } catch (error) {
    fault = error;
  }
  return {
    [displaySymbol]: () => {
      if (bundle) return bundle;
      return {'text/plain': fault instanceof Error ? fault.message : String(fault)};
    },
  };
}

function imageBundle(source: ImageSource, {range, scale, columns}: ImageOptions): MimeBundle {
  const {shape} = source;
  const values = 'dataSync' in source ? source.dataSync() : source.data;
  const dtype = source.dtype ?? (Number.isInteger(values[0]) ? 'int32' : 'float32');
  const layout = layoutOf(shape);
  if (!layout || !/^(float32|int32|bool|float64|u?int\d+)$/.test(dtype))
    throw new TypeError(
      `Expected an image: [height, width], [height, width, 1 | 3 | 4] or a batch of these, of numbers; got ${dtype} [${shape.join(', ')}].`,
    );
  const {count, height, width, channels} = layout;
  if (!(count * height * width)) return {'text/plain': `Image without pixels: ${dtype} [${shape.join(', ')}]`};
  if (values.length < count * height * width * channels)
    throw new RangeError(`Expected ${count * height * width * channels} values for [${shape.join(', ')}], got ${values.length}.`);
  const numbers = values as ArrayLike<number>;
  const [black, white] =
    range === 'auto' ? extremes(numbers) : (range ?? (/^(float|bool)/.test(dtype) ? ([0, 1] as const) : ([0, 255] as const)));
  const shown = Math.min(count, shownImages);
  const across = Math.max(
    1,
    Math.min(
      shown,
      Math.floor(
        positive(columns) ?? Math.max(Math.ceil(Math.sqrt(shown)), Math.min(shown, Math.floor(widestGrid / (width + gap)) || 1, 10)),
      ),
    ),
  );
  const down = Math.ceil(shown / across);
  const each = Math.max(1, Math.floor(positive(scale) ?? Math.min(160 / Math.max(height, width), widestGrid / (across * width))));
  // Of a picture larger than any screen only every step-th value is drawn.
  const step = Math.max(1, Math.ceil(Math.sqrt((across * width * down * height * each * each) / mostPixels)));
  const pixels = draw(numbers, layout, {shown, across, down, each, step, black, white});
  const outside = countOutside(numbers, shown * height * width * channels, Math.min(black, white), Math.max(black, white));
  const said = [
    `${count > 1 ? `${shown < count ? `${shown} of ` : ''}${counted(count, 'image')}, each ` : 'Image '}${height} × ${width}${channels > 1 ? ` × ${channels}` : ''}`,
    `${dtype}, ${shortNumber(black)} black to ${shortNumber(white)} white`,
    ...(step > 1 ? [`every ${step}th pixel`] : []),
    ...(outside ? [`${counted(outside, 'value')} outside or NaN; say range: 'auto' or [black, white]`] : []),
  ].join(' · ');
  const base64 = encodePng(pixels).toString('base64');
  const picture = `<img alt="${escapeHtml(said)}" src="data:image/png;base64,${base64}" style="max-width: 100%; image-rendering: pixelated">`;
  const html = `<div>${picture}<br><small style="color: ${theme.faint}">${escapeHtml(said)}</small></div>`;
  return {'text/plain': said, 'image/png': base64, 'text/html': html};
}

/** An option that is no number above zero is as good as none. */
const positive = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 && value < Infinity ? value : undefined);

/** shape → how many images of what size */
function layoutOf(shape: readonly number[]): Layout | undefined {
  const channelsOf = (n: number | undefined): 1 | 3 | 4 | undefined => (n === 1 || n === 3 || n === 4 ? n : undefined);
  const [a = 0, b = 0, c = 0, d] = shape;
  if (!shape.every(n => Number.isSafeInteger(n) && n >= 0)) return undefined;
  if (shape.length === 2) return {count: 1, height: a, width: b, channels: 1};
  if (shape.length === 3) {
    const channels = channelsOf(c);
    return channels ? {count: 1, height: a, width: b, channels} : {count: a, height: b, width: c, channels: 1};
  }
  const channels = channelsOf(d);
  return shape.length === 4 && channels ? {count: a, height: b, width: c, channels} : undefined;
}

function extremes(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  return low < high ? [low, high] : [Math.min(low, 0), Math.max(high, 1)];
}

interface Grid {
  readonly shown: number;
  readonly across: number;
  readonly down: number;
  /** Drawn pixels a value. */
  readonly each: number;
  readonly step: number;
  readonly black: number;
  readonly white: number;
}

/** How many of the first values are not between black and white, NaN among them: they are drawn as the nearer of the two, NaN as black. */
function countOutside(values: ArrayLike<number>, length: number, low: number, high: number): number {
  let outside = 0;
  for (let i = 0; i < length; i++) if (!(values[i]! >= low && values[i]! <= high)) outside++;
  return outside;
}

/** values [count, height, width, channels] → the pixels of the whole grid */
function draw(values: ArrayLike<number>, {height, width, channels}: Layout, {shown, across, down, each, step, black, white}: Grid): Pixels {
  const out = shown > 1 ? 4 : channels;
  const spacing = shown > 1 ? gap : 0;
  const tile = {width: Math.ceil((width * each) / step), height: Math.ceil((height * each) / step)};
  const total = {width: across * (tile.width + spacing) - spacing, height: down * (tile.height + spacing) - spacing};
  const bytes = new Uint8Array(total.width * total.height * out);
  const byteOf = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, (value - black) / (white - black) || 0)));
  for (let n = 0; n < shown; n++) {
    const left = (n % across) * (tile.width + spacing);
    const top = Math.floor(n / across) * (tile.height + spacing);
    for (let y = 0; y < tile.height; y++)
      for (let x = 0; x < tile.width; x++) {
        const row = Math.floor((y * step) / each);
        const column = Math.floor((x * step) / each);
        const from = ((n * height + row) * width + column) * channels;
        const to = ((top + y) * total.width + left + x) * out;
        for (let c = 0; c < out; c++) bytes[to + c] = c === 3 && channels < 4 ? 255 : byteOf(values[from + (channels === 1 ? 0 : c)]!);
      }
  }
  return {...total, channels: out, bytes};
}
