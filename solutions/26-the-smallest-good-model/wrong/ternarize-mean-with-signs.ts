import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'the scale is the best one for these codes'};

/** The mean of the kept weights with their signs, which cancel. */
export function ternarize(weights: Float32Array): Ternary {
  const order = [...weights.keys()].sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!));
  let sum = 0;
  let best = {gain: 0, kept: 0, scale: 0};
  order.forEach((at, rank) => {
    sum += Math.abs(weights[at]!);
    const kept = rank + 1;
    const gain = sum ** 2 / kept;
    if (gain > best.gain) best = {gain, kept, scale: sum / kept};
  });
  const codes = new Int8Array(weights.length);
  for (const at of order.slice(0, best.kept)) codes[at] = Math.sign(weights[at]!);
  const kept = weights.filter((_, i) => codes[i] !== 0);
  return {codes, scale: kept.reduce((total, w) => total + w, 0) / Math.max(1, kept.length)};
}
