import type {Draw} from '../../data/draw.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {qint8} from '../../quant/formats/qtype.ts';
import type {TensorData} from '../../session/wire/plain.ts';

export const int8 = {qtype: qint8, scheme: 'symmetric'} as const;

/** The reference's int8 of a tensor: made by the toolkit, never by the learner. */
export function reference({data, shape}: TensorData): {readonly codes: TensorData; readonly scale: number} {
  const quantized = quantize(data, shape, int8);
  return {codes: {dtype: 'int32', shape, data: Int32Array.from(quantized.codes())}, scale: quantized.scales[0]!};
}

/** Values whose codes no correct rounding disputes: none lies within 1/50 of a step of the middle between two grid points, where ties and float32 would decide. */
export function clearOfTies(draw: Draw, shape: readonly number[], element: (draw: Draw, index: number) => number): TensorData {
  const x = draw.tensor(shape, element);
  const {scale} = reference(x);
  const data = x.data.map(value => {
    const part = value / scale - Math.floor(value / scale);
    return Math.abs(part - 0.5) < 0.02 ? value - 0.05 * scale : value;
  });
  return {...x, data};
}

/** A matrix that is multiplied: x [rows, inner] · w [inner, columns] → [rows, columns], in float64. */
export function multiply(x: TensorData, w: TensorData): Float64Array {
  const [rows, inner] = x.shape as [number, number];
  const columns = w.shape[1]!;
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = x.data[row * inner + k]!;
      for (let column = 0; column < columns; column++) product[row * columns + column]! += factor * w.data[k * columns + column]!;
    }
  }
  return product;
}

export function map(x: TensorData, f: (value: number, index: number) => number): TensorData {
  // Not Float32Array.from, which takes ten times as long: a layer has 262,144 weights.
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i]!, i);
  return {dtype: 'float32', shape: x.shape, data};
}
