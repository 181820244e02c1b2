import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizePerGroup', check: 'each group of inputs has its own scale in each column'};

/** One scale for a group of rows, over all columns. */
export function quantizePerGroup(weights: tf.Tensor2D, groupSize: number): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  return tf.tidy(() => {
    const groups = weights.reshape([inputs / groupSize, groupSize, outputs]);
    const absMax = groups.abs().max([1, 2], true);
    const scales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    return {
      codes: groups.div(scales).round().toInt().reshape([inputs, outputs]),
      scales: scales.tile([1, 1, outputs]).reshape([inputs / groupSize, outputs]),
    };
  });
}
