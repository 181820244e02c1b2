import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'fakeQuantize', check: 'the gradient passes where the code is on the grid'};

/** The chain rule taken half way: divided by the scale going in, not multiplied by it coming out. */
export function fakeQuantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const snap = tf.customGrad((x, save) => {
    const q = tf.add(tf.round(tf.div(x as tf.Tensor, scale)), zeroPoint);
    const inside = tf.logicalAnd(tf.greaterEqual(q, qmin), tf.lessEqual(q, qmax)); // PyTorch's mask: by the code before clipping
    (save as tf.GradSaveFunc)([inside]);
    const value = tf.mul(tf.sub(tf.clipByValue(q, qmin, qmax), zeroPoint), scale);
    return {value, gradFunc: (dy, [inside]) => tf.div(tf.mul(dy, tf.cast(inside!, 'float32')), scale)};
  });
  return snap(x);
}
