import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'foldBatchNorm', check: 'the bias holds what is left'};

/** The mean is added in place of taken away. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const factor = gamma.div(variance.add(epsilon).sqrt());
    return {kernel: kernel.mul(factor) as tf.Tensor4D, bias: beta.add(mean.mul(factor)) as tf.Tensor1D};
  });
}
