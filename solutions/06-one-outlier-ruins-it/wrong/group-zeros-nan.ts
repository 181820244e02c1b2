import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizePerGroup', check: 'a group of zeros stays zeros with a positive scale'};

/** No guard: 0 / 0 in a group of zeros. */
export function quantizePerGroup(weights: tf.Tensor2D, groupSize: number): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  return tf.tidy(() => {
    const groups = weights.reshape([inputs / groupSize, groupSize, outputs]);
    const scales = groups.abs().max(1).div(127);
    return {codes: groups.div(scales.expandDims(1)).round().toInt().reshape([inputs, outputs]), scales};
  });
}
