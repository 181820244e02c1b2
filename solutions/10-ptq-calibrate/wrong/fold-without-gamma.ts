import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'foldBatchNorm', check: 'each output channel of the kernel has its own factor'};

/** Forgets gamma. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const factor = tf.onesLike(gamma).div(variance.add(epsilon).sqrt());
    return {kernel: kernel.mul(factor) as tf.Tensor4D, bias: beta.sub(mean.mul(factor)) as tf.Tensor1D};
  });
}
