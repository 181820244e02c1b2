import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerOutput, LayerGrids} from '../../../exercises/11-integers-only/interface.ts';
import {requantize, toFixedPoint} from '../answers.ts';

export * from '../answers.ts';

/** Pads the codes with the zero point by hand, multiplies them as they are, and takes z · Σ w away: now it is the same at every place. */
export function quantizedConv(x: tf.Tensor3D, kernel: tf.Tensor4D, stride: number, grids: LayerGrids): IntegerOutput {
  const {inputScale, inputZeroPoint, weightScales, bias, outputScale, outputZeroPoint} = grids;
  const pad = (length: number, size: number): [number, number] => {
    const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + size - length);
    return [Math.floor(all / 2), Math.ceil(all / 2)];
  };
  const sums = tf.tidy(() => {
    const [down, across] = [pad(x.shape[0], kernel.shape[0]), pad(x.shape[1], kernel.shape[1])];
    const padded = tf.pad(x.toFloat(), [down, across, [0, 0]], inputZeroPoint) as tf.Tensor3D;
    const raw = tf.conv2d(padded, kernel.toFloat() as tf.Tensor4D, stride, 'valid');
    const correction = kernel.toFloat().sum([0, 1, 2]).mul(inputZeroPoint); // [filters]
    const units = tf.tensor1d(bias.map((b, filter) => Math.round(b / (inputScale * weightScales[filter]!))));
    return raw.sub(correction).add(units).round().toInt();
  });
  const factors = weightScales.map(scale => toFixedPoint((inputScale * scale) / outputScale));
  const codes = Int32Array.from(
    sums.dataSync(),
    (sum, i) => requantize(Int32Array.of(sum), factors[i % factors.length]!, outputZeroPoint)[0]!,
  );
  return {sums, codes: tf.tensor(codes, sums.shape, 'int32')};
}
