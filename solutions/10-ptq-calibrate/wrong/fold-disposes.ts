import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'foldBatchNorm', check: 'what is given is left as it was'};

/** It disposes gamma, which the caller still needs. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  const factor = tf.tidy(() => tf.div(gamma, tf.sqrt(tf.add(variance, epsilon))));
  const result = {kernel: tf.mul(kernel, factor) as tf.Tensor4D, bias: tf.tidy(() => tf.sub(beta, tf.mul(mean, factor)) as tf.Tensor1D)};
  gamma.dispose();
  return result;
}
