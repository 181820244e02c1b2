import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'the weights are left as they were'};

/** Sorts the weights themselves to find the threshold. */
export function ternarize(weights: Float32Array): Ternary {
  const original = weights.slice();
  weights.sort((a, b) => Math.abs(b) - Math.abs(a));
  let sum = 0;
  let best = {gain: 0, threshold: Infinity, scale: 0};
  weights.forEach((w, rank) => {
    sum += Math.abs(w);
    const gain = sum ** 2 / (rank + 1);
    if (gain > best.gain) best = {gain, threshold: Math.abs(w), scale: sum / (rank + 1)};
  });
  return {codes: Int8Array.from(original, w => (Math.abs(w) >= best.threshold ? Math.sign(w) : 0)), scale: best.scale};
}
