import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'foldBatchNorm', check: 'the outputs stay the same'};

/** The mean is taken away as it is, without the factor that everything after it goes through. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const factor = gamma.div(variance.add(epsilon).sqrt());
    return {kernel: kernel.mul(factor) as tf.Tensor4D, bias: beta.sub(mean) as tf.Tensor1D};
  });
}
