import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'no other split has a smaller squared error'};

/** Keeps every weight. */
export function ternarize(weights: Float32Array): Ternary {
  const threshold = 0;
  const codes = Int8Array.from(weights, w => (w !== 0 && Math.abs(w) >= threshold ? Math.sign(w) : 0));
  let [sum, kept] = [0, 0];
  weights.forEach((w, i) => {
    sum += w * codes[i]!;
    kept += Math.abs(codes[i]!);
  });
  return {codes, scale: sum / Math.max(1, kept)};
}
