import type {tf} from '../../backend/core.ts';
import {QTensor} from '../affine/qtensor.ts';
import {measureErrors} from './errors.ts';
import {Report} from './report.ts';

/** Values that are there, or can be had from codes. */
export type ComparableValues = ArrayLike<number> | tf.Tensor | Dequantizable;

/** A quantized tensor: a QTensor, or another that gives its values back and says what it takes. */
export interface Dequantizable {
  readonly byteLength: number;
  dequantize(): ArrayLike<number>;
}

/** Compares values one by one, row-major. Plain numbers count as float32. @throws RangeError where there are not as many */
export async function compareValues(original: ComparableValues, quantized: ComparableValues): Promise<Report> {
  const [before, after] = await Promise.all([described(original), described(quantized)]);
  const errors = measureErrors(before.values, after.values);
  const sizes = {elements: errors.count, originalBytes: before.bytes, bytes: after.bytes};
  const {shape} = after.shape.length > before.shape.length ? after : before;
  return new Report({
    title: `[${shape.join(', ')}] ${before.type} → ${after.type}`,
    of: 'values',
    parts: [{name: 'values', shape, originalType: before.type, type: after.type, ...sizes, errors}],
    errors,
    ...sizes,
  });
}

interface Described {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly type: string;
  readonly bytes: number;
}

async function described(value: ComparableValues): Promise<Described> {
  if ('dataId' in value) {
    const values = await value.data();
    return {values, shape: value.shape, type: value.dtype, bytes: values.byteLength};
  }
  if ('dequantize' in value) {
    const values = value.dequantize();
    const {shape, type} =
      value instanceof QTensor ? {shape: value.shape, type: value.qtype.name} : {shape: [values.length], type: value.constructor.name};
    return {values, shape, type, bytes: value.byteLength};
  }
  const isTyped = ArrayBuffer.isView(value);
  return {
    values: value,
    shape: [value.length],
    type: isTyped ? value.constructor.name.replace('Array', '').toLowerCase() : 'float32',
    bytes: isTyped ? value.byteLength : 4 * value.length,
  };
}
