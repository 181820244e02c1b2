import * as tf from '@tensorflow/tfjs-node-gpu';
import type {IntegerOutput, LayerGrids} from '../../../exercises/11-integers-only/interface.ts';
import {requantize, toFixedPoint} from '../answers.ts';

export * from '../answers.ts';

/** Multiplies the codes as they are and takes z · Σ w away afterwards: what hardware does, because z · Σ w is known before any input comes. */
export function quantizedLinear(x: tf.Tensor2D, weights: tf.Tensor2D, grids: LayerGrids): IntegerOutput {
  const {inputScale, inputZeroPoint, weightScales, bias, outputScale, outputZeroPoint} = grids;
  const sums = tf.tidy(() => {
    const raw = tf.matMul(x.toFloat() as tf.Tensor2D, weights.toFloat() as tf.Tensor2D);
    const correction = weights.toFloat().sum(0).mul(inputZeroPoint); // [outputs]
    const units = tf.div(tf.tensor1d([...bias]), tf.tensor1d(weightScales.map(scale => scale * inputScale))).round();
    return raw.sub(correction).add(units).round().toInt();
  });
  const channels = weightScales.length;
  const factors = weightScales.map(scale => toFixedPoint((inputScale * scale) / outputScale));
  const codes = Array.from(sums.dataSync(), (sum, i) => requantize(Int32Array.of(sum), factors[i % channels]!, outputZeroPoint)[0]!);
  return {sums, codes: tf.tensor(codes, sums.shape, 'int32')};
}
