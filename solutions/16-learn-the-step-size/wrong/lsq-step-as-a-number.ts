import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Levels} from '../../../exercises/16-learn-the-step-size/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'lsqQuantize', check: 'each step collects from its own column'};

/** The step is read out as numbers and comes back as a constant: no gradient finds it. */
export function lsqQuantize(x: tf.Tensor, step: tf.Tensor, {qmin, qmax}: Levels): tf.Tensor {
  const steps = tf.tensor(step.dataSync(), step.shape);
  const snap = tf.customGrad((x, save) => {
    const rounded = tf.round(tf.div(x as tf.Tensor, steps));
    const q = tf.clipByValue(rounded, qmin, qmax);
    (save as tf.GradSaveFunc)([tf.cast(tf.equal(rounded, q), 'float32')]);
    return {value: tf.mul(q, steps), gradFunc: (dy, [inside]) => tf.mul(dy, inside!)};
  });
  return snap(x);
}
