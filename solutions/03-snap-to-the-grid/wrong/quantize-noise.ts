import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'every value goes to its nearest line'};

/** Moves values by half a step at random: the error is small enough, but they are on no line. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / (2 ** bits - 1);
    return x.add(tf.randomUniform(x.shape, -step / 2, step / 2, 'float32', 5));
  });
}
