import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'fakeQuantize', check: 'values land on the nearest grid point'};

/** q · scale + zeroPoint where scale · (q − zeroPoint) is meant. */
export function fakeQuantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const snap = tf.customGrad((x, save) => {
    const q = tf.add(tf.round(tf.div(x as tf.Tensor, scale)), zeroPoint);
    const inside = tf.logicalAnd(tf.greaterEqual(q, qmin), tf.lessEqual(q, qmax)); // PyTorch's mask: by the code before clipping
    (save as tf.GradSaveFunc)([inside]);
    const value = tf.add(tf.mul(tf.clipByValue(q, qmin, qmax), scale), zeroPoint);
    return {value, gradFunc: (dy, [inside]) => tf.mul(dy, tf.cast(inside!, 'float32'))};
  });
  return snap(x);
}
