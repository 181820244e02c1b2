import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerOutput, LayerGrids} from '../../../exercises/11-integers-only/interface.ts';
import {requantize, toFixedPoint} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizedConv', check: 'the edge is padded with the zero point'};

/** Repeats the pixels at the edge. */
export function quantizedConv(x: tf.Tensor3D, kernel: tf.Tensor4D, stride: number, grids: LayerGrids): IntegerOutput {
  const sums = tf.tidy(() => {
    const inner = x.sub(grids.inputZeroPoint).toFloat() as tf.Tensor3D;
    const levels = tf.mirrorPad(
      inner,
      [
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      'symmetric',
    ) as tf.Tensor3D;
    const products = tf.conv2d(levels, kernel.toFloat() as tf.Tensor4D, stride, 'valid');
    return products.add(biasUnits(grids)).round().toInt();
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
    requantize(own, factor, outputZeroPoint).forEach((code, i) => (codes[i * channels + channel] = code));
  });
  return tf.tensor(codes, sums.shape, 'int32');
}
