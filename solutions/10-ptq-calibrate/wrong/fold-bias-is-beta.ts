import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'foldBatchNorm', check: 'the bias holds what is left'};

/** The bias is beta alone: the mean is forgotten. */
export function foldBatchNorm({kernel, gamma, beta, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const factor = gamma.div(variance.add(epsilon).sqrt());
    return {kernel: kernel.mul(factor) as tf.Tensor4D, bias: beta.clone() as tf.Tensor1D};
  });
}
