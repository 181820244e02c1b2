import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizePerChannel', check: 'the outlier itself comes back'};

/** Cuts off what is far from the rest before it chooses scales: the outlier is gone. */
export function quantizePerChannel(weights: tf.Tensor2D): QuantizedMatrix {
  return tf.tidy(() => {
    const bound = tf.moments(weights.abs().log1p()).mean.exp().sub(1).mul(50);
    const calm = tf.minimum(tf.maximum(weights, bound.neg()), bound);
    const absMax = calm.abs().max(0);
    const scales = tf.where(absMax.greater(0), absMax.div(127), tf.onesLike(absMax));
    return {codes: calm.div(scales).round().toInt(), scales};
  });
}
