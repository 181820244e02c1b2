import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ActivationAware, AwqOptions} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';

export * from '../answers.ts';

/** Plain loops; the loss by H = Xᵀ·X, which is made once: off · H · offᵀ for each output. The size of an input is the root of its mean square. */
export function awq(w: tf.Tensor2D, x: tf.Tensor2D, {bits, groupSize}: AwqOptions): ActivationAware {
  const limit = 2 ** (bits - 1) - 1;
  const weights = w.arraySync();
  const samples = x.arraySync();
  const inputs = w.shape[1];
  const h = Array.from({length: inputs}, (_, i) =>
    Array.from({length: inputs}, (_, j) => samples.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const size = h.map((row, i) => Math.sqrt(row[i]! / samples.length));
  let best = {loss: Infinity, codes: weights, scales: weights, s: size};
  for (let exponent = 0; exponent <= 1; exponent += 0.05) {
    const s = size.map(value => Math.max(value ** exponent, 1e-4));
    const [codes, scales]: [number[][], number[][]] = [[], []];
    let loss = 0;
    for (const row of weights) {
      const scaled = row.map((value, i) => value * s[i]!);
      const steps: number[] = [];
      for (let from = 0; from < inputs; from += groupSize)
        steps.push(scaled.slice(from, from + groupSize).reduce((max, value) => Math.max(max, Math.abs(value)), 0) / limit || 1);
      const rounded = scaled.map((value, i) => Math.round(value / steps[Math.floor(i / groupSize)]!));
      const off = rounded.map((code, i) => (code * steps[Math.floor(i / groupSize)]!) / s[i]! - row[i]!);
      off.forEach((a, i) => off.forEach((b, j) => (loss += a * b * h[i]![j]!)));
      codes.push(rounded);
      scales.push(steps);
    }
    if (loss < best.loss) best = {loss, codes, scales, s};
  }
  return {codes: tf.tensor2d(best.codes, w.shape, 'int32'), scales: tf.tensor2d(best.scales), s: tf.tensor1d(best.s)};
}
