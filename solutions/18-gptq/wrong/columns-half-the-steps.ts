import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {inverseFactor} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeColumns', check: 'each output has a scale from its own largest weight'};

/** Divides by 2^(bits−1), not by 2^(bits−1) − 1. */
export function quantizeColumns(w: tf.Tensor2D, h: tf.Tensor2D, bits: number): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const rest = w.arraySync(); // [outputs, inputs]: what is still to be rounded, corrections included
  const u = inverseFactor(h.arraySync());
  const scales = rest.map(row => Math.max(...row.map(Math.abs)) / (limit + 1) || 1);
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
