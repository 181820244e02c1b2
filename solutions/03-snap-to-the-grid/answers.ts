import * as tf from '@tensorflow/tfjs-node-gpu';

/** Each bit doubles what can be told apart. ** works on floats, which do not overflow at 32 bits; << works on 32-bit integers, which do. */
export function levels(bits: number): number {
  return 2 ** bits;
}

/** Counts steps from the smallest value, rounds the count, and goes back: n lines have n − 1 steps between them. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    // All values are equal: there is nothing to snap, and 0 / 0 would be NaN.
    if (max === min) return x.clone();
    const step = (max - min) / (levels(bits) - 1);
    return x.sub(min).div(step).round().mul(step).add(min);
  });
}

/** Old size over new size, for each value. */
export function compression(bits: number): number {
  return 32 / bits;
}

/** Two sums and one division: no single value near zero can blow it up. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.sub(original).abs().sum().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.abs().sum().dataSync()[0]!;
  });
}
