import * as tf from '@tensorflow/tfjs-node-gpu';
import type {GptqOptions, QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {dampedHessian, inverseFactor} from '../answers.ts';

export * from '../answers.ts';

/** Brings weights and H into the order, works from left to right, and brings the codes back. All groups' scales are chosen at the start ("static groups"). */
export function gptq(w: tf.Tensor2D, x: tf.Tensor2D, {bits, groupSize, actOrder}: GptqOptions): QuantizedWeights {
  return tf.tidy(() => {
    const limit = 2 ** (bits - 1) - 1;
    const [outputs, inputs] = w.shape;
    const h = dampedHessian(x, 0.01);
    const size = h.mul(tf.eye(inputs)).sum(0).dataSync();
    const order = Array.from(size.keys());
    if (actOrder) order.sort((a, b) => size[b]! - size[a]!);
    const scales = w
      .abs()
      .reshape([outputs, inputs / groupSize, groupSize])
      .max(2)
      .div(limit)
      .arraySync() as number[][];
    for (const row of scales) row.forEach((scale, group) => (row[group] = scale || 1));
    const index = tf.tensor1d(order, 'int32');
    const u = inverseFactor(h.gather(index).gather(index, 1).arraySync() as number[][]);
    const rest = w.gather(index, 1).arraySync() as number[][];
    const codes = rest.map((row, output) => {
      const ordered = row.map((_, step) => {
        const scale = scales[output]![Math.floor(order[step]! / groupSize)]!;
        const code = Math.min(Math.max(Math.round(row[step]! / scale), -limit), limit);
        const error = (row[step]! - code * scale) / u[step]![step]!;
        for (let j = step; j < inputs; j++) row[j]! -= error * u[step]![j]!;
        return code;
      });
      const own = ordered.slice();
      order.forEach((input, step) => (own[input] = ordered[step]!));
      return own;
    });
    return {codes: tf.tensor2d(codes, w.shape, 'int32'), scales: tf.tensor2d(scales)};
  });
}
