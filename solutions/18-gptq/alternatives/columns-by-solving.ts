import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';

export * from '../answers.ts';

/**
 * No inverse at all: after each column, the system of the columns that are left is solved anew, H[rest, rest] · change = H[rest, column] · error.
 * Far slower, and the same codes.
 */
export function quantizeColumns(w: tf.Tensor2D, h: tf.Tensor2D, bits: number): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const hs = h.arraySync();
  const n = hs.length;
  const rest = w.arraySync();
  const scales = rest.map(row => Math.max(...row.map(Math.abs)) / limit || 1);
  const codes = rest.map(row => row.map(() => 0));
  for (let q = 0; q < n; q++) {
    const direction = solve(
      hs.slice(q + 1).map(row => row.slice(q + 1)),
      hs.slice(q + 1).map(row => row[q]!),
    );
    rest.forEach((row, output) => {
      codes[output]![q] = Math.min(Math.max(Math.round(row[q]! / scales[output]!), -limit), limit);
      const error = row[q]! - codes[output]![q]! * scales[output]!;
      direction.forEach((share, j) => (row[q + 1 + j]! += error * share));
    });
  }
  return {codes: tf.tensor2d(codes, w.shape, 'int32'), scales: tf.tensor2d(scales, [w.shape[0], 1])};
}

function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  a.forEach((pivotRow, p) => {
    for (let r = p + 1; r < a.length; r++) {
      const factor = a[r]![p]! / pivotRow[p]!;
      for (let k = p; k <= a.length; k++) a[r]![k]! -= factor * pivotRow[k]!;
    }
  });
  const x = right.map(() => 0);
  for (let p = a.length - 1; p >= 0; p--) {
    let sum = a[p]![a.length]!;
    for (let k = p + 1; k < a.length; k++) sum -= a[p]![k]! * x[k]!;
    x[p] = sum / a[p]![p]!;
  }
  return x;
}
