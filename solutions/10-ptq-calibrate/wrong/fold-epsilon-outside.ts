import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'foldBatchNorm', check: 'a channel that hardly varies stays finite'};

/** Epsilon is added to the root, where it hardly matters until the variance is near 0. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const factor = gamma.div(variance.sqrt().add(epsilon));
    return {kernel: kernel.mul(factor) as tf.Tensor4D, bias: beta.sub(mean.mul(factor)) as tf.Tensor1D};
  });
}
