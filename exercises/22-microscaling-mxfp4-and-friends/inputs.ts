import {expectBytes, expectNumber, expectRecord} from '../../checking/expect.ts';
import {bitsPerValue, byteLength} from '../../checking/metrics.ts';
import type {Draw} from '../../data/draw.ts';
import {unpack} from '../../quant/formats/packing.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';

/** Weights in rows of `columns`, whose blocks of 16 differ in size by powers of ten. */
export function unequalBlocks(draw: Draw, rows: number, columns: number, decades = 1): TensorData {
  const sizes = Array.from({length: (rows * columns) / 16}, () => 10 ** draw.uniform(-decades, decades));
  return draw.tensor([rows, columns], (d, i) => d.normal(0, 0.1) * sizes[Math.floor(i / 16)]!);
}

export interface Blocks {
  /** One to an element, unpacked. */
  readonly codes: ArrayLike<number>;
  readonly scales: Uint8Array;
  readonly bytes: {readonly packed: number; readonly scales: number};
  readonly tensorScale: number;
}

/** The learner's bytes. @throws WrongAnswer where they are none, or not as many as needed */
export function expectBlocks(value: Plain, task: string, x: TensorData, blockSize: 16 | 32): Blocks {
  const fields = blockSize === 16 ? (['packed', 'scales', 'tensorScale'] as const) : (['packed', 'scales'] as const);
  const answer: Record<string, Plain> = expectRecord(value, fields, `the result of ${task}`);
  const packed = expectBytes(answer['packed'], {what: 'packed', length: x.data.length / 2, why: 'two codes share a byte'});
  const scales = expectBytes(answer['scales'], {
    what: 'scales',
    length: x.data.length / blockSize,
    why: `one byte for each block of ${blockSize}`,
  });
  return {
    codes: unpack(packed, {bits: 4, signed: false, length: x.data.length}),
    scales,
    bytes: {packed: packed.byteLength, scales: scales.byteLength},
    tensorScale: blockSize === 16 ? expectNumber(answer['tensorScale'], 'tensorScale') : 1,
  };
}

/** How many bits a weight takes in the buffers that came back, whatever their length. @throws WrongAnswer */
export function bitsPerWeight(value: Plain, task: string, weights: number): number {
  const {packed, scales} = expectRecord(value, ['packed', 'scales'], `the result of ${task}`);
  return bitsPerValue(byteLength(packed, 'packed') + byteLength(scales, 'scales'), weights);
}

/** Codes that stand for other values: +0 and −0 are one. */
export function otherValues(reference: ArrayLike<number>, codes: ArrayLike<number>): number {
  let other = 0;
  for (let i = 0; i < reference.length; i++) if (positive(reference[i]!) !== positive(codes[i]!)) other++;
  return other;
}

function positive(code: number): number {
  return code === 8 ? 0 : code;
}
