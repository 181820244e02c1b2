import type {MimeBundle} from '../wire/messages.ts';
import {isTypedArray, type TypedArray} from '../wire/plain.ts';
import {escapeHtml, shorten, shortNumber, table, theme} from './markup.ts';
import {heatMap, histogram} from './plots.ts';

/** A tensor of any copy of tfjs: known by what it has, so that showing a number never loads tfjs. */
export interface TensorLike {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly isDisposed: boolean;
  dataSync(): ArrayLike<unknown>;
}

export function isTensor(value: object): value is TensorLike {
  return (
    'dtype' in value && 'shape' in value && 'isDisposed' in value && 'dataSync' in value && 'dataId' in value && Array.isArray(value.shape)
  );
}

const bytesPerElement: Record<string, number> = {float32: 4, int32: 4, bool: 1};
const shownSide = 8;

/** dtype, shape, bytes, min, mean and max; a table or heat map; a histogram. */
export async function tensorBundle(tensor: TensorLike): Promise<MimeBundle> {
  const {dtype, shape} = tensor;
  const kind = `${variableText(tensor)} ${dtype} [${shape.join(', ')}]`;
  if (tensor.isDisposed) {
    const text = `${kind} · disposed: its values are gone; return it from tf.tidy, or tf.keep it`;
    return {'text/plain': text, 'text/html': `<div>${escapeHtml(text)}</div>`};
  }
  const raw = tensor.dataSync();
  const size = shape.reduce((product, n) => product * n, 1);
  // complex64 comes as pairs, real and imaginary.
  const complex = (i: number): string => {
    const [real, imaginary] = [Number(raw[2 * i]), Number(raw[2 * i + 1])];
    return `${shortNumber(real)} ${imaginary < 0 ? '-' : '+'} ${shortNumber(Math.abs(imaginary))}i`;
  };
  if (dtype === 'complex64') return {'text/plain': `${kind}\n${listed(complex, shape, size)}`};
  if (!(dtype in bytesPerElement)) return {'text/plain': `${kind}\n${listed(i => shorten(String(raw[i]), 200), shape, size)}`};
  return arrayBundle(isTypedArray(raw) ? raw : Float64Array.from(raw as ArrayLike<number>), shape, kind, size * bytesPerElement[dtype]!);
}

/** A variable has a name and may be trained. */
function variableText(tensor: TensorLike): string {
  if (!('trainable' in tensor) || !('name' in tensor)) return 'Tensor';
  return `Variable “${shorten(String(tensor.name), 80)}”${tensor.trainable ? '' : ' (not trainable)'}`;
}

/** A typed array is shown as a tensor of one axis. */
export function typedArrayBundle(array: TypedArray): Promise<MimeBundle> {
  return arrayBundle(array, [array.length], `${array.constructor.name} [${array.length}]`, array.byteLength);
}

async function arrayBundle(values: TypedArray, shape: readonly number[], kind: string, bytes: number): Promise<MimeBundle> {
  const {min, mean, max, odd} = statistics(values);
  const measures = values.length > odd ? ` · min ${shortNumber(min)} · mean ${shortNumber(mean)} · max ${shortNumber(max)}` : '';
  const head = `${kind} · ${bytes.toLocaleString('en')} bytes${measures}${odd ? ` · ${odd} NaN or infinite` : ''}`;
  const [rows, columns] = matrix(shape);
  const parts: string[] = [];
  if (values.length > shownSide * shownSide && rows > 3 && columns > 3)
    parts.push(await heatMap(values, rows, columns, `Heat map of ${kind}`));
  else if (values.length) parts.push(valueTable(values, rows, columns, shape));
  if (values.length - odd > 2 * shownSide && min < max) parts.push(await histogram(values, `Histogram of ${kind}`));
  const text = `${head}\n${listed(i => shortNumber(values[i]!), shape, values.length)}`;
  const pictures = `<div style="display: flex; flex-wrap: wrap; align-items: flex-start; gap: 8px 24px; margin: 4px 0">${parts.join('')}</div>`;
  return {'text/plain': text, 'text/html': `<div style="color: ${theme.text}">${escapeHtml(head)}</div>${pictures}`};
}

function statistics(values: TypedArray): {min: number; mean: number; max: number; odd: number} {
  let [min, max, sum, odd] = [Infinity, -Infinity, 0, 0];
  // By index: an iterator takes three times as long, and there may be many millions.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      odd++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return {min, max, mean: sum / (values.length - odd), odd};
}

/** The tensor as rows of its last axis. shape [..., columns] → [rows, columns] */
function matrix(shape: readonly number[]): [number, number] {
  const columns = shape.at(-1) ?? 1;
  return [shape.slice(0, -1).reduce((product, n) => product * n, 1), columns];
}

function valueTable(values: TypedArray, rows: number, columns: number, shape: readonly number[]): string {
  const shown = Array.from({length: Math.min(rows, shownSide)}, (_, r) => {
    const row = Array.from(values.subarray(r * columns, r * columns + Math.min(columns, shownSide)), shortNumber);
    return columns > shownSide ? [...row, '…'] : row;
  });
  if (rows > shownSide) shown.push(['…']);
  return table([], shown, shape.length > 2 ? `rows of the last axis, ${columns} columns` : '');
}

/** Nested brackets, cut after eight entries of an axis. */
function listed(textAt: (index: number) => string, shape: readonly number[], size: number): string {
  if (!size) return '[]';
  const nest = (start: number, axis: number): string => {
    if (axis === shape.length) return textAt(start);
    const length = shape[axis]!;
    const stride = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    const items = Array.from({length: Math.min(length, shownSide)}, (_, i) => nest(start + i * stride, axis + 1));
    if (length > shownSide) items.push('…');
    return axis === shape.length - 1 ? `[${items.join(', ')}]` : `[${items.join(`,\n${' '.repeat(axis + 1)}`)}]`;
  };
  return nest(0, 0);
}
