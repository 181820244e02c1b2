import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FixedPoint, IntegerOutput, LayerGrids} from '../../exercises/11-integers-only/interface.ts';

/** Halves or doubles until the fraction lies between ½ and 1: then 31 bits of it are as many as an int32 can hold. */
export function toFixedPoint(real: number): FixedPoint {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 1; shift++) fraction /= 2;
  for (; fraction < 0.5; shift--) fraction *= 2;
  const multiplier = Math.round(fraction * 2 ** 31);
  // Just below a power of two, rounding reaches 2^31: the same number is ½ with one more shift.
  return multiplier === 2 ** 31 ? {multiplier: 2 ** 30, shift: shift + 1} : {multiplier, shift};
}

/** One whole product, half of what is shifted out, one shift: rounded once, to the nearest. Then the zero point, and last the clamp. BigInt keeps all 62 bits. */
export function requantize(sums: Int32Array, {multiplier, shift}: FixedPoint, zeroPoint: number): Int32Array {
  const right = BigInt(31 - shift);
  const half = 1n << (right - 1n);
  return Int32Array.from(sums, sum => {
    // >> of a BigInt rounds down, for negative numbers as well.
    const scaled = Number((BigInt(sum) * BigInt(multiplier) + half) >> right);
    return Math.min(127, Math.max(-128, scaled + zeroPoint));
  });
}

/** The bias in units of input scale · weight scale, the unit of the products. */
function biasUnits({bias, inputScale, weightScales}: LayerGrids): tf.Tensor1D {
  return tf.tensor1d(bias.map((b, channel) => Math.round(b / (inputScale * weightScales[channel]!))));
}

/** Sums [..., channels] to codes of the same shape, each channel by its own factor. */
function toOutputGrid(sums: tf.Tensor, {inputScale, weightScales, outputScale, outputZeroPoint}: LayerGrids): tf.Tensor {
  const values = sums.dataSync();
  const channels = weightScales.length;
  const codes = new Int32Array(values.length);
  weightScales.forEach((weightScale, channel) => {
    const own = Int32Array.from({length: values.length / channels}, (_, i) => values[i * channels + channel]!);
    const factor = toFixedPoint((inputScale * weightScale) / outputScale);
    requantize(own, factor, outputZeroPoint).forEach((code, i) => (codes[i * channels + channel] = code));
  });
  return tf.tensor(codes, sums.shape, 'int32');
}

/**
 * Codes less their zero point, times codes, summed: all whole numbers. float32 tensors hold them exactly up to 2^24, that is, for some 500 inputs.
 * The bias comes in the unit of the sums, and every channel goes to the output's grid by its own ratio.
 */
export function quantizedLinear(x: tf.Tensor2D, weights: tf.Tensor2D, grids: LayerGrids): IntegerOutput {
  const sums = tf.tidy(() => {
    const levels = x.sub(grids.inputZeroPoint).toFloat() as tf.Tensor2D; // the real 0 is level 0
    return levels
      .matMul(weights.toFloat() as tf.Tensor2D)
      .add(biasUnits(grids))
      .round()
      .toInt();
  });
  return {sums, codes: toOutputGrid(sums, grids)};
}

/** Zero points go first: on levels, the padding with 0 that conv2d does is padding with the real 0. */
export function quantizedConv(x: tf.Tensor3D, kernel: tf.Tensor4D, stride: number, grids: LayerGrids): IntegerOutput {
  const sums = tf.tidy(() => {
    const levels = x.sub(grids.inputZeroPoint).toFloat() as tf.Tensor3D;
    const products = tf.conv2d(levels, kernel.toFloat() as tf.Tensor4D, stride, 'same'); // [height′, width′, filters]
    return products.add(biasUnits(grids)).round().toInt();
  });
  return {sums, codes: toOutputGrid(sums, grids)};
}
