import * as tf from '@tensorflow/tfjs-node-gpu';
import type {GptqOptions, QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {dampedHessian, inverseFactor} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'gptq', check: 'the largest inputs are rounded first when asked'};

/** The smallest inputs first: the largest are left with nobody to make up for them. */
export function gptq(w: tf.Tensor2D, x: tf.Tensor2D, {bits, groupSize, actOrder}: GptqOptions): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const [outputs, inputs] = w.shape;
  const groups = inputs / groupSize;
  const h = tf.tidy(() => dampedHessian(x, 0.01).arraySync());
  const rest = w.arraySync();
  const order = h.map((_, i) => i);
  if (actOrder) order.sort((a, b) => h[a]![a]! - h[b]![b]!);
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
