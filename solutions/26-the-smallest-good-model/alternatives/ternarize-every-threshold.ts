import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

/** Tries every magnitude as the threshold, and computes the error of each. */
export function ternarize(weights: Float32Array): Ternary {
  let best = {codes: new Int8Array(weights.length), scale: 0, error: weights.reduce((sum, w) => sum + w * w, 0)};
  for (const threshold of new Set(weights.map(Math.abs))) {
    if (threshold === 0) continue;
    const codes = Int8Array.from(weights, w => (Math.abs(w) >= threshold ? Math.sign(w) : 0));
    let [sum, kept, error] = [0, 0, 0];
    weights.forEach((w, i) => {
      sum += w * codes[i]!;
      kept += Math.abs(codes[i]!);
    });
    const scale = sum / kept;
    weights.forEach((w, i) => (error += (w - scale * codes[i]!) ** 2));
    if (error < best.error) best = {codes, scale, error};
  }
  return {codes: best.codes, scale: best.scale};
}
