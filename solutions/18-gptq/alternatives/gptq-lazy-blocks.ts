import * as tf from '@tensorflow/tfjs-node-gpu';
import type {GptqOptions, QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {dampedHessian, inverseFactor} from '../answers.ts';

export * from '../answers.ts';

/** As the paper does on large layers: inside a block of columns errors are passed on at once, to all later blocks together when the block is finished. Codes from −2^(bits−1). */
export function gptq(w: tf.Tensor2D, x: tf.Tensor2D, {bits, groupSize, actOrder}: GptqOptions): QuantizedWeights {
  const [lowest, highest] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const [outputs, inputs] = w.shape;
  const hessian = dampedHessian(x, 0.01);
  const h = hessian.arraySync();
  hessian.dispose();
  const order = h.map((_, i) => i);
  if (actOrder) order.sort((a, b) => h[b]![b]! - h[a]![a]!);
  const u = inverseFactor(order.map(a => order.map(b => h[a]![b]!)));
  const weights = w.arraySync();
  const codes = weights.map(row => row.map(() => 0));
  const scales = weights.map(row =>
    Array.from({length: inputs / groupSize}, (_, g) => scaleOf(row.slice(g * groupSize, (g + 1) * groupSize), highest)),
  );
  weights.forEach((row, output) => {
    for (let from = 0; from < inputs; from += groupSize) {
      const to = from + groupSize;
      if (!actOrder) scales[output]![from / groupSize] = scaleOf(row.slice(from, to), highest);
      const errors: number[] = [];
      for (let step = from; step < to; step++) {
        const input = order[step]!;
        const scale = scales[output]![Math.floor(input / groupSize)]!;
        const code = Math.max(lowest, Math.min(highest, Math.round(row[input]! / scale)));
        codes[output]![input] = code;
        errors.push((row[input]! - code * scale) / u[step]![step]!);
        for (let later = step + 1; later < to; later++) row[order[later]!]! -= errors.at(-1)! * u[step]![later]!;
      }
      for (let later = to; later < inputs; later++)
        row[order[later]!]! -= errors.reduce((sum, error, k) => sum + error * u[from + k]![later]!, 0);
    }
  });
  return {codes: tf.tensor2d(codes, w.shape, 'int32'), scales: tf.tensor2d(scales, [outputs, inputs / groupSize])};
}

function scaleOf(values: readonly number[], limit: number): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0) / limit || 1;
}
