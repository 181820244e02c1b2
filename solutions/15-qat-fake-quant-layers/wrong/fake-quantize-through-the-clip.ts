import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'fakeQuantize', check: 'the gradient stops where the value was clipped'};

/** The gradient passes everywhere, also to values that were clipped. */
export function fakeQuantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const snap = tf.customGrad(x => {
    const q = tf.add(tf.round(tf.div(x as tf.Tensor, scale)), zeroPoint);
    const value = tf.mul(tf.sub(tf.clipByValue(q, qmin, qmax), zeroPoint), scale);
    return {value, gradFunc: dy => dy};
  });
  return snap(x);
}
