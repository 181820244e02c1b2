import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'codes have the sign of their weights, and the largest weights are kept'};

/** Keeps magnitudes: every code is 0 or 1. */
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
  for (const at of order.slice(0, best.kept)) codes[at] = 1;
  return {codes, scale: best.scale};
}
