import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Loops over plain arrays, one output at a time. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const [batch, inputs] = x.shape;
  const outputs = weights.shape[1];
  const [xs, w, r] = [x.dataSync(), weights.dataSync(), restored.dataSync()];
  let noise = 0;
  let signal = 0;
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < outputs; column++) {
      let exact = 0;
      let approximate = 0;
      for (let k = 0; k < inputs; k++) {
        exact += xs[row * inputs + k]! * w[k * outputs + column]!;
        approximate += xs[row * inputs + k]! * r[k * outputs + column]!;
      }
      noise += (exact - approximate) ** 2;
      signal += exact ** 2;
    }
  }
  return Math.sqrt(noise / signal);
}
