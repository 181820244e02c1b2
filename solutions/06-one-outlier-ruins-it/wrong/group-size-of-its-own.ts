import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizePerGroup', check: 'each group of inputs has its own scale in each column'};

/** Groups of 4, whatever was asked: the scales are thinned out to the right number. */
export function quantizePerGroup(weights: tf.Tensor2D, groupSize: number): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  return tf.tidy(() => {
    const groups = weights.reshape([inputs / 4, 4, outputs]);
    const absMax = groups.abs().max(1);
    const all = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    const scales = all.stridedSlice([0, 0], [inputs / 4, outputs], [groupSize / 4, 1]);
    return {codes: groups.div(all.expandDims(1)).round().toInt().reshape([inputs, outputs]), scales};
  });
}
