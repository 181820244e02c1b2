import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ConvWithBatchNorm, FoldedConv} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

/** A product with a diagonal matrix; the bias is what batch normalization makes of zeros. */
export function foldBatchNorm({kernel, gamma, beta, mean, variance, epsilon}: ConvWithBatchNorm): FoldedConv {
  return tf.tidy(() => {
    const outputs = gamma.shape[0];
    const root = tf.rsqrt(tf.add(variance, epsilon));
    const diagonal = tf.mul(tf.eye(outputs), tf.mul(gamma, root)) as tf.Tensor2D;
    const flat = tf.matMul(tf.reshape(kernel, [-1, outputs]) as tf.Tensor2D, diagonal);
    const ofZeros = tf.add(tf.mul(tf.mul(tf.sub(tf.zerosLike(mean), mean), root), gamma), beta);
    return {kernel: tf.reshape(flat, kernel.shape) as tf.Tensor4D, bias: ofZeros as tf.Tensor1D};
  });
}
