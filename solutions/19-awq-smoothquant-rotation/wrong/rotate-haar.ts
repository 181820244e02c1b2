import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'one value is spread evenly over its whole row'};

/** Only the sums go on to the next round (a Haar transform): differences stay large. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  const rotate = (values: number[]): number[] => {
    if (values.length === 1) return values;
    const half = values.length / 2;
    const [a, b] = [values.slice(0, half), values.slice(half)];
    const differences = a.map((value, i) => (value - b[i]!) / Math.SQRT2);
    return [...rotate(a.map((value, i) => (value + b[i]!) / Math.SQRT2)), ...differences];
  };
  return tf.tensor2d(x.arraySync().map(rotate), x.shape);
}
