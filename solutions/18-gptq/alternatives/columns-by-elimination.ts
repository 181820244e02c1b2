import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {inverseFactor} from '../answers.ts';

export * from '../answers.ts';

/** H⁻¹ itself, in place of its factor: after each column that input is eliminated from the inverse. The paper's first version. */
export function quantizeColumns(w: tf.Tensor2D, h: tf.Tensor2D, bits: number): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const u = inverseFactor(h.arraySync());
  const n = u.length;
  const inverse = u.map((_, i) => u.map((_, j) => u.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
  const rest = w.arraySync();
  const scales = rest.map(row => Math.max(...row.map(Math.abs)) / limit || 1);
  const codes = rest.map(row => row.map(() => 0));
  for (let q = 0; q < n; q++) {
    rest.forEach((row, output) => {
      codes[output]![q] = Math.min(Math.max(Math.round(row[q]! / scales[output]!), -limit), limit);
      const error = (row[q]! - codes[output]![q]! * scales[output]!) / inverse[q]![q]!;
      for (let j = q; j < n; j++) row[j]! -= error * inverse[q]![j]!;
    });
    const line = inverse[q]!.slice();
    for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) inverse[a]![b]! -= (line[a]! * line[b]!) / line[q]!;
  }
  return {codes: tf.tensor2d(codes, w.shape, 'int32'), scales: tf.tensor2d(scales, [w.shape[0], 1])};
}
