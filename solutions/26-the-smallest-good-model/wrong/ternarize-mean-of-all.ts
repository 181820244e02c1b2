import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'the scale is the best one for these codes'};

/** The mean magnitude of all weights, those that became 0 included. */
export function ternarize(weights: Float32Array): Ternary {
  const threshold = (0.7 * weights.reduce((sum, w) => sum + Math.abs(w), 0)) / weights.length;
  const codes = Int8Array.from(weights, w => (w !== 0 && Math.abs(w) >= threshold ? Math.sign(w) : 0));
  let [sum, kept] = [0, 0];
  weights.forEach((w, i) => {
    sum += w * codes[i]!;
    kept += Math.abs(codes[i]!);
  });
  return {codes, scale: weights.reduce((sum, w) => sum + Math.abs(w), 0) / weights.length};
}
