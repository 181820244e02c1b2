import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Levels} from '../../../exercises/16-learn-the-step-size/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'lsqQuantize', check: 'beyond the ends, the step’s gradient is qmin or qmax'};

/** Clipped, so 0, as for x. But the end of the grid moves with the step. */
export function lsqQuantize(x: tf.Tensor, step: tf.Tensor, {qmin, qmax}: Levels): tf.Tensor {
  const gradientScale = 1 / Math.sqrt((x.size / step.size) * qmax);
  const snap = tf.customGrad((x, step, save) => {
    const steps = tf.div(x as tf.Tensor, step as tf.Tensor);
    const rounded = tf.round(steps);
    const q = tf.clipByValue(rounded, qmin, qmax);
    const inside = tf.cast(tf.equal(rounded, q), 'float32');
    (save as tf.GradSaveFunc)([q, steps, inside]);
    const gradFunc = (dy: tf.Tensor, [q, steps, inside]: tf.Tensor[]): tf.Tensor[] => {
      const slope = tf.mul(tf.sub(q!, steps!), inside!);
      const each = tf.mul(tf.mul(dy, slope), gradientScale);
      return [tf.mul(dy, inside!), (step as tf.Tensor).rank === 0 ? tf.sum(each) : tf.sum(each, 0)];
    };
    return {value: tf.mul(q, step as tf.Tensor), gradFunc};
  });
  return snap(x, step);
}
