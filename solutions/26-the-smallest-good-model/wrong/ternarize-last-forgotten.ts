import type {Ternary} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'ternarize', check: 'zeros, one weight and equal weights are no trouble'};

/** Never keeps all of them. */
export function ternarize(weights: Float32Array): Ternary {
  const order = [...weights.keys()].sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!));
  let sum = 0;
  let best = {gain: 0, kept: 0, scale: 0};
  order.slice(0, -1).forEach((at, rank) => {
    sum += Math.abs(weights[at]!);
    const kept = rank + 1;
    const gain = sum ** 2 / kept;
    if (gain > best.gain) best = {gain, kept, scale: sum / kept};
  });
  const codes = new Int8Array(weights.length);
  for (const at of order.slice(0, best.kept)) codes[at] = Math.sign(weights[at]!);
  return {codes, scale: best.scale};
}
