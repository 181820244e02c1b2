import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

/** One number tells it all: the norm is no number exactly where a gradient is none. The inverse of a power of two is exact, so a product does for the division. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  return tf.tidy(() => {
    const gradients = scaled.map(gradient => tf.mul(gradient, 1 / scale));
    const norm = tf.sqrt(tf.addN(gradients.map(gradient => tf.sum(tf.square(gradient))))).dataSync()[0]!;
    if (!Number.isFinite(norm)) return {weights: masters.map(master => tf.clone(master)), taken: false};
    const factor = learningRate * Math.min(1, maxNorm / Math.max(norm, 1e-30));
    return {weights: masters.map((master, i) => tf.sub(master, tf.mul(gradients[i]!, factor))), taken: true};
  });
}
