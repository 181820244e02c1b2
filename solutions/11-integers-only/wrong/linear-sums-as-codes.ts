import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerOutput, LayerGrids} from '../../../exercises/11-integers-only/interface.ts';
import {toFixedPoint} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizedLinear', check: 'codes beyond int8 saturate'};

/** Returns codes that wrap around at 8 bits. */
export function quantizedLinear(x: tf.Tensor2D, weights: tf.Tensor2D, grids: LayerGrids): IntegerOutput {
  const sums = tf.tidy(() => {
    const levels = x.sub(grids.inputZeroPoint).toFloat() as tf.Tensor2D;
    return levels
      .matMul(weights.toFloat() as tf.Tensor2D)
      .add(biasUnits(grids))
      .round()
      .toInt();
  });
  return {sums, codes: toOutputGrid(sums, grids)};
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
    own
      .map(sum => Int8Array.of(Math.round((sum * factor.multiplier) / 2 ** (31 - factor.shift)) + outputZeroPoint)[0]!)
      .forEach((code, i) => (codes[i * channels + channel] = code));
  });
  return tf.tensor(codes, sums.shape, 'int32');
}
