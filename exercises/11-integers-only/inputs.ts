import {expectCodes, expectRecord} from '../../checking/expect.ts';
import type {Draw} from '../../data/draw.ts';
import {convolve, multiply} from '../../quant/models/integer/accumulate.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import type {LayerGrids} from './interface.ts';

/** A layer that the judge drew, with the sums that integer arithmetic gives. */
export interface Layer {
  /** Codes. */
  readonly x: TensorData;
  /** Codes; output channels last. */
  readonly weights: TensorData;
  readonly grids: LayerGrids;
}

/** int8 codes, −127 to 127 of weights and −128 to 127 of activations. */
export function codes(draw: Draw, shape: readonly number[], low: number): TensorData {
  const {data} = draw.tensor(shape, d => d.integer(low, 127));
  return {dtype: 'int32', shape, data: Int32Array.from(data)};
}

/** How a layer's grids are drawn. */
export interface GridChoice {
  /** 0, or at least 20 from it: a forgotten correction shows. */
  readonly inputZeroPoint?: number;
  /** Standard deviation of the output, in codes; 45 without it, at which a few codes saturate. */
  readonly outputSpread?: number;
  /** Standard deviation of the biases, in units of input scale · weight scale; 1/2 of that of the products without it. */
  readonly biasSpread?: number;
}

/** Grids for a layer of `terms` products to a sum and `channels` outputs. Biases lie clear of the middle between two units. */
export function drawGrids(draw: Draw, terms: number, channels: number, choice: GridChoice = {}): LayerGrids {
  const inputZeroPoint = choice.inputZeroPoint ?? zeroPoint(draw);
  // A level is evenly spread over 256 codes, a weight over 255.
  const productSpread = Math.sqrt(terms * ((256 ** 2 - 1) / 12 + inputZeroPoint ** 2) * ((255 ** 2 - 1) / 12));
  const biasSpread = choice.biasSpread ?? productSpread / 2;
  const inputScale = draw.uniform(0.01, 0.05);
  // Unequal by a factor of up to 4: one ratio for all channels is clearly wrong.
  const weightScales = Array.from({length: channels}, () => 0.002 * 4 ** draw.uniform(0, 1));
  const outputScale = (inputScale * 0.004 * Math.hypot(productSpread, biasSpread)) / (choice.outputSpread ?? 45);
  return {
    inputScale,
    inputZeroPoint,
    weightScales,
    bias: weightScales.map(scale => (Math.round(draw.normal(0, biasSpread)) + draw.uniform(-0.4, 0.4)) * inputScale * scale),
    outputScale,
    outputZeroPoint: zeroPoint(draw),
  };
}

function zeroPoint(draw: Draw): number {
  return draw.pick([-1, 1]) * draw.integer(20, 100);
}

export function linearLayer(draw: Draw, rows: number, inputs: number, outputs: number, choice?: GridChoice): Layer {
  return {
    x: codes(draw, [rows, inputs], -128),
    weights: codes(draw, [inputs, outputs], -127),
    grids: drawGrids(draw, inputs, outputs, choice),
  };
}

/** The toolkit's sums of products of levels, with the biases in units of input scale · weight scale. */
export function linearSums({x, weights, grids}: Layer): Int32Array {
  return withBias(multiply(levels(x, grids), x.shape, {shape: weights.shape, codes: weights.data}).data, grids);
}

export function convSums({x, weights, grids}: Layer, stride: number): {readonly shape: readonly number[]; readonly data: Int32Array} {
  const [height, width] = weights.shape as [number, number];
  const geometry = {size: [height, width], strides: [stride, stride], dilation: [1, 1], padding: 'same'} as const;
  const {shape, data} = convolve(levels(x, grids), [1, ...x.shape], {shape: weights.shape, codes: weights.data}, geometry);
  return {shape: shape.slice(1), data: withBias(data, grids)};
}

function levels({data}: TensorData, {inputZeroPoint}: LayerGrids): Int32Array {
  return Int32Array.from(data, code => code - inputZeroPoint);
}

function withBias(products: Int32Array, {bias, inputScale, weightScales}: LayerGrids): Int32Array {
  const channels = bias.length;
  return products.map((sum, i) => sum + Math.round(bias[i % channels]! / (inputScale * weightScales[i % channels]!)));
}

/** How many codes are not what their sum gives: further than half a step, and a hundredth for ties, from sum · ratio + zero point, once that is clamped to −128 … 127. */
export function wrongCodes(sums: ArrayLike<number>, given: ArrayLike<number>, ratioOf: (i: number) => number, zeroPoint: number): number {
  let wrong = 0;
  for (let i = 0; i < sums.length; i++) {
    const exact = Math.min(127, Math.max(-128, sums[i]! * ratioOf(i) + zeroPoint));
    if (!(Math.abs(given[i]! - exact) <= 0.51)) wrong++;
  }
  return wrong;
}

/** Sum → code: input scale · weight scale / output scale, of the channel of element i. */
export function ratioOf({inputScale, weightScales, outputScale}: LayerGrids): (i: number) => number {
  return i => (inputScale * weightScales[i % weightScales.length]!) / outputScale;
}

/** @throws WrongAnswer */
export function expectOutput(
  value: Plain,
  name: string,
  shape: readonly number[],
): {readonly sums: ArrayLike<number>; readonly codes: ArrayLike<number>} {
  const answer = expectRecord(value, ['sums', 'codes'], `the result of ${name}`);
  return {sums: expectCodes(answer.sums, {what: 'sums', shape}), codes: expectCodes(answer.codes, {what: 'codes', shape})};
}

/** A record that crosses the pipe. */
export function plainGrids(grids: LayerGrids): Plain {
  return {...grids, weightScales: [...grids.weightScales], bias: [...grids.bias]};
}
