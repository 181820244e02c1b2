import type {Draw} from '../../data/draw.ts';
import {perAxis} from '../../quant/affine/granularity.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {qint8} from '../../quant/formats/qtype.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** A linear layer of the judge: its float weights, and what the toolkit makes of them. */
export interface ReferenceLayer {
  /** [inputs, outputs] */
  readonly weights: TensorData;
  readonly codes: TensorData;
  readonly scales: TensorData;
  readonly bias: TensorData;
}

export function drawLayer(draw: Draw, inputs: number, outputs: number): ReferenceLayer {
  const sizes = Array.from({length: outputs}, () => Math.exp(draw.normal(-2, 0.5)));
  const weights = draw.tensor([inputs, outputs], (d, i) => d.normal(0, sizes[i % outputs]!));
  const quantized = quantize(weights.data, weights.shape, {qtype: qint8, scheme: 'symmetric', granularity: perAxis(1)});
  return {
    weights,
    codes: {dtype: 'int32', shape: weights.shape, data: Int32Array.from(quantized.codes())},
    scales: {dtype: 'float32', shape: [outputs], data: quantized.scales},
    bias: draw.tensor([outputs], d => d.normal(0, 0.5)),
  };
}

/**
 * A batch on the grid of `zeroPoint`, its smallest and its largest value at codes 0 and 255; every other is up to 0.3 of a step off its grid point,
 * so that no correct rounding disputes a code. With `from` above the zero point every value is positive, and with `to` below it negative.
 */
export function drawBatch(
  draw: Draw,
  shape: readonly [number, number],
  {zeroPoint, from = 0, to = 255}: {readonly zeroPoint: number; readonly from?: number; readonly to?: number},
): TensorData {
  const step = Math.exp(draw.normal(-3, 0.7));
  const ends = draw.shuffle(Array.from({length: shape[0] * shape[1]}, (_, i) => i)).slice(0, 2);
  return draw.tensor(shape, (d, i) => {
    const code = i === ends[0] ? from : i === ends[1] ? to : d.integer(from + 1, to - 1) + d.uniform(-0.3, 0.3);
    return step * (code - zeroPoint);
  });
}

/** x as unsigned codes on the grid of its own range, zero within it: ONNX's DynamicQuantizeLinear. */
export function dynamicCodes(x: ArrayLike<number>): {readonly codes: Int32Array; readonly scale: number; readonly zeroPoint: number} {
  const data = Float64Array.from(x);
  const low = data.reduce((a, b) => Math.min(a, b), 0);
  const high = data.reduce((a, b) => Math.max(a, b), 0);
  const scale = high === low ? 1 : (high - low) / 255;
  const zeroPoint = clamp(Math.round(-low / scale));
  return {codes: Int32Array.from(data, value => clamp(Math.round(value / scale) + zeroPoint)), scale, zeroPoint};
}

function clamp(code: number): number {
  return Math.min(255, Math.max(0, code));
}

/** y [batch, outputs]: with integer codes, or with the float values. In float64. */
export function linear(x: TensorData, {weights, codes, scales, bias}: ReferenceLayer, how: 'dynamic' | 'float'): Float64Array {
  if (how === 'float') return plus(multiply(x.data, weights.data, weights.shape), bias.data, () => 1);
  const {codes: xCodes, scale, zeroPoint} = dynamicCodes(x.data);
  const sums = multiply(
    xCodes.map(code => code - zeroPoint),
    codes.data,
    codes.shape,
  );
  return plus(sums, bias.data, output => scale * scales.data[output]!);
}

function plus(sums: Float64Array, bias: ArrayLike<number>, factorOf: (output: number) => number): Float64Array {
  return sums.map((sum, i) => sum * factorOf(i % bias.length) + bias[i % bias.length]!);
}

/** x [rows, inputs] · w [inputs, outputs] → [rows, outputs] */
export function multiply(x: ArrayLike<number>, w: ArrayLike<number>, [inputs, outputs]: readonly number[]): Float64Array {
  const rows = x.length / inputs!;
  const product = new Float64Array(rows * outputs!);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < inputs!; i++) {
      const factor = x[row * inputs! + i]!;
      for (let j = 0; j < outputs!; j++) product[row * outputs! + j]! += factor * w[i * outputs! + j]!;
    }
  return product;
}

/** The largest difference from `expected`, as a share of what int8 itself costs here: the root mean square of `expected` − `float`. */
export function shareOfRounding(actual: ArrayLike<number>, expected: Float64Array, float: Float64Array): number {
  let [largest, squares] = [0, 0];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(actual[i]! - value));
    squares += (value - float[i]!) ** 2;
  });
  return largest / Math.sqrt(squares / expected.length);
}
