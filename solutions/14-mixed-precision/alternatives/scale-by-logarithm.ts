import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** The number of doublings by its logarithm. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const absMax = tf.tidy(
    () =>
      tf
        .concat(gradients.map(gradient => gradient.abs().flatten()))
        .max()
        .dataSync()[0]!,
  );
  return absMax > 0 ? 2 ** Math.floor(15 - Math.log2(absMax)) : 1;
}
