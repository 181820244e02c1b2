import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizePerChannel', check: 'a column of zeros stays zeros with a positive scale'};

/** No guard: 0 / 0 in a column of zeros. */
export function quantizePerChannel(weights: tf.Tensor2D): QuantizedMatrix {
  return tf.tidy(() => {
    const scales = weights.abs().max(0).div(127);
    return {codes: weights.div(scales).round().toInt(), scales};
  });
}
