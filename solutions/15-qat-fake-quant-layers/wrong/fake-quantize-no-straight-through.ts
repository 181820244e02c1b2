import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'fakeQuantize', check: 'the gradient passes where the code is on the grid'};

/** Right numbers, but the slope of round is 0: nothing behind it ever learns. */
export function fakeQuantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const q = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), qmin, qmax);
  return tf.mul(tf.sub(q, zeroPoint), scale);
}
