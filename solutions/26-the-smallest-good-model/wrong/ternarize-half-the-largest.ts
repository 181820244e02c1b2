import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'no other split has a smaller squared error'};

/** Rounds to the nearest of −max, 0 and max, then repairs the scale. */
export function ternarize(weights: Float32Array): Ternary {
  const threshold = weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0) / 2;
  const codes = Int8Array.from(weights, w => (w !== 0 && Math.abs(w) >= threshold ? Math.sign(w) : 0));
  let [sum, kept] = [0, 0];
  weights.forEach((w, i) => {
    sum += w * codes[i]!;
    kept += Math.abs(codes[i]!);
  });
  return {codes, scale: sum / Math.max(1, kept)};
}
