import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'codes have the sign of their weights, and the largest weights are kept'};

/** Sorts the weights, not their magnitudes: negative ones, however large, come last and become 0. */
export function ternarize(weights: Float32Array): Ternary {
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!);
  let sum = 0;
  let best = {gain: 0, kept: 0, scale: 0};
  order.forEach((at, rank) => {
    sum += weights[at]!;
    const kept = rank + 1;
    const gain = sum ** 2 / kept;
    if (gain > best.gain) best = {gain, kept, scale: sum / kept};
  });
  const codes = new Int8Array(weights.length);
  for (const at of order.slice(0, best.kept)) codes[at] = Math.sign(weights[at]!);
  return {codes, scale: best.scale};
}
