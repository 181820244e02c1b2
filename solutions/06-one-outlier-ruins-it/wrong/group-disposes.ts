import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizePerGroup', check: 'the weights are left as they were'};

/** Disposes the weights: they belong to the caller. */
export function quantizePerGroup(weights: tf.Tensor2D, groupSize: number): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  const quantized = tf.tidy(() => {
    const groups = weights.reshape([inputs / groupSize, groupSize, outputs]);
    const absMax = groups.abs().max(1);
    const scales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    return {codes: groups.div(scales.expandDims(1)).round().toInt().reshape([inputs, outputs]), scales};
  });
  weights.dispose();
  return quantized;
}
