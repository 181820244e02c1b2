import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

/** A table of the values of all codes of the grid, looked up: what hardware without a multiplier does. */
export function dequantize(codes: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const table = Array.from({length: qmax - qmin + 1}, (_, i) => scale * (qmin + i - zeroPoint));
  return tf.tidy(() => tf.gather(tf.tensor1d(table), codes.flatten().sub(tf.scalar(qmin, 'int32')).toInt()).reshape(codes.shape));
}
