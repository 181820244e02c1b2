import * as tf from '@tensorflow/tfjs-node-gpu';
import type {GptqOptions, QuantizedWeights} from '../../exercises/18-gptq/interface.ts';

/** The lesson's own: the upper triangular U with Uᵀ·U = H⁻¹. */
export function inverseFactor(h: readonly (readonly number[])[]): number[][] {
  const n = h.length;
  // Gauss and Jordan: [H | 1] → [1 | H⁻¹]
  const a = h.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let p = 0; p < n; p++) {
    const pivot = a[p]![p]!;
    if (!(pivot > 1e-9 * h[p]![p]!)) throw new Error(`H has no inverse (pivot ${pivot} at input ${p}): was it dampened?`);
    a[p] = a[p]!.map(value => value / pivot);
    for (let r = 0; r < n; r++) if (r !== p) a[r] = a[r]!.map((value, k) => value - a[r]![p]! * a[p]![k]!);
  }
  // Row q of U, then take input q out of the inverse: what is left is the inverse for the inputs that are still to come.
  const inverse = a.map(row => row.slice(n));
  const u: number[][] = [];
  for (let q = 0; q < n; q++) {
    const root = Math.sqrt(inverse[q]![q]!);
    const row = inverse[q]!.map((value, j) => (j < q ? 0 : value / root));
    for (let r = q + 1; r < n; r++) for (let c = q + 1; c < n; c++) inverse[r]![c]! -= row[r]! * row[c]!;
    u.push(row);
  }
  return u;
}

/**
 * H = Xᵀ·X says how inputs move together. Dampening adds a share of the mean of its diagonal to each element of the diagonal:
 * that makes H invertible, whatever the inputs were, and keeps corrections small where the data say little.
 */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const h = tf.matMul(x, x, true, false); // [samples, inputs] → [inputs, inputs]
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
}

/**
 * Column by column: round each output's weight, and let the columns to the right take over its error, as far as they move together with it.
 * The scales are chosen before the first correction, from the weights as they were.
 */
export function quantizeColumns(w: tf.Tensor2D, h: tf.Tensor2D, bits: number): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const rest = w.arraySync(); // [outputs, inputs]: what is still to be rounded, corrections included
  const u = inverseFactor(h.arraySync());
  const scales = rest.map(row => Math.max(...row.map(Math.abs)) / limit || 1);
  const codes = rest.map(row => row.map(() => 0));
  for (let i = 0; i < u.length; i++) {
    rest.forEach((row, output) => {
      const scale = scales[output]!;
      const code = Math.min(Math.max(Math.round(row[i]! / scale), -limit), limit);
      codes[output]![i] = code;
      const error = (row[i]! - code * scale) / u[i]![i]!;
      for (let j = i + 1; j < row.length; j++) row[j]! -= error * u[i]![j]!;
    });
  }
  return {codes: tf.tensor2d(codes, w.shape, 'int32'), scales: tf.tensor2d(scales, [w.shape[0], 1])};
}

/**
 * The same with two additions. Groups: from left to right, a group's scale is chosen when its first column is reached, from weights that hold all corrections so far.
 * Order: the inputs with the largest diagonal of H first; then a group's columns come at different times, so that its scale is chosen at the start.
 */
export function gptq(w: tf.Tensor2D, x: tf.Tensor2D, {bits, groupSize, actOrder}: GptqOptions): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const [outputs, inputs] = w.shape;
  const groups = inputs / groupSize;
  const h = tf.tidy(() => dampedHessian(x, 0.01).arraySync());
  const rest = w.arraySync();
  const order = h.map((_, i) => i);
  if (actOrder) order.sort((a, b) => h[b]![b]! - h[a]![a]!);
  const u = inverseFactor(order.map(a => order.map(b => h[a]![b]!)));
  const scaleOf = (row: number[], group: number): number => {
    const values = row.slice(group * groupSize, (group + 1) * groupSize);
    return Math.max(...values.map(Math.abs)) / limit || 1;
  };
  const scales = rest.map(row => Array.from({length: groups}, (_, group) => scaleOf(row, group)));
  const codes = rest.map(row => row.map(() => 0));
  order.forEach((input, step) => {
    const group = Math.floor(input / groupSize);
    rest.forEach((row, output) => {
      if (!actOrder && input % groupSize === 0) scales[output]![group] = scaleOf(row, group);
      const scale = scales[output]![group]!;
      const code = Math.min(Math.max(Math.round(row[input]! / scale), -limit), limit);
      codes[output]![input] = code;
      const error = (row[input]! - code * scale) / u[step]![step]!;
      for (let later = step + 1; later < inputs; later++) row[order[later]!]! -= error * u[step]![later]!;
    });
  });
  return {codes: tf.tensor2d(codes, w.shape, 'int32'), scales: tf.tensor2d(scales, [outputs, groups])};
}
