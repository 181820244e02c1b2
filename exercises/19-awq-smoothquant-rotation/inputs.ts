import type {Draw} from '../../data/draw.ts';
import {perAxis, perGroup} from '../../quant/affine/granularity.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {narrowRange, type QType, signed} from '../../quant/formats/qtype.ts';
import {outputError} from '../../quant/methods/activation-scales.ts';
import type {LinearWeights} from '../../quant/methods/gptq.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** −(2^(bits−1) − 1) … 2^(bits−1) − 1 */
export const qtypeOf = (bits: number): QType => narrowRange(signed(bits));

/** A layer whose inputs are of unequal size: a few are much louder than the rest, always the same ones. */
export interface Layer {
  /** [outputs, inputs] */
  readonly weights: TensorData;
  /** [samples, inputs] */
  readonly calibration: TensorData;
  /** [samples, inputs]: other samples of the same source. */
  readonly hidden: TensorData;
}

/** `weightPower`: weights of an input are as large as its activations to this power. */
export function layer(draw: Draw, {outputs = 12, inputs = 32, loud = 2, loudness = 20, weightPower = 0, samples = 48} = {}): Layer {
  const louder = new Set(draw.shuffle(Array.from({length: inputs}, (_, i) => i)).slice(0, loud));
  const sizes = Float64Array.from(
    {length: inputs},
    (_, i) => Math.exp(draw.normal(0, 0.4)) * (louder.has(i) ? loudness * draw.uniform(0.6, 1.4) : 1),
  );
  const sample = (count: number): TensorData => draw.tensor([count, inputs], (d, i) => d.normal() * sizes[i % inputs]!);
  const weights = draw.tensor([outputs, inputs], (d, i) => d.normal(0, 0.1) * sizes[i % inputs]! ** weightPower);
  const calibration = sample(samples);
  // In the first and in the last sample nobody is loud: who looks at one of them alone sees nothing.
  for (const row of [0, samples - 1]) for (const input of louder) calibration.data[row * inputs + input]! /= sizes[input]!;
  return {weights, calibration, hidden: sample(64)};
}

export function linear({shape, data}: TensorData): LinearWeights {
  return {outputs: shape[0]!, inputs: shape[1]!, data: Float32Array.from(data)};
}

/** Each weight to its own nearest grid point, a scale for each group. */
export function plainGroups({shape, data}: TensorData, bits: number, groupSize: number): Float32Array {
  return quantize(data, shape, {qtype: qtypeOf(bits), scheme: 'symmetric', granularity: perGroup(groupSize)}).dequantize();
}

/** Each row on a grid of its own: activations sample by sample, weights output by output. */
export function rowsOnGrid({shape, data}: TensorData, bits: number): TensorData {
  const restored = quantize(data, shape, {qtype: qtypeOf(bits), scheme: 'symmetric', granularity: perAxis(0)}).dequantize();
  return {dtype: 'float32', shape, data: restored};
}

/** Mean squared error of the layer's output on samples that calibration has not seen. */
export function hiddenError({weights, hidden}: Layer, restored: ArrayLike<number>): number {
  return outputError(hidden.data, weights.shape[1]!, weights.data, restored);
}

/** x [rows, inner] · wᵀ with w [columns, inner] → [rows, columns], in float64. */
export function timesTransposed(x: TensorData, w: TensorData): Float64Array {
  const inner = x.shape[1]!;
  const [rows, columns] = [x.shape[0]!, w.shape[0]!];
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let k = 0; k < inner; k++) product[row * columns + column]! += x.data[row * inner + k]! * w.data[column * inner + k]!;
  return product;
}
