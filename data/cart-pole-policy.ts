import {actionCount, type Policy, stateSize} from './cart-pole.ts';
import type {DenseWeights} from './digits-mlp.ts';
import {readWeights} from './weights.ts';

/** State → 32 → 32 → a score for each push, ReLU between the layers. */
export const policyWidths: readonly number[] = [stateSize, 32, 32, actionCount];

/** Weights that `data/train/cart-pole.ts` trained by evolution strategies; it says what they reach. */
export function cartPolePolicy(): DenseWeights[] {
  const read = readWeights('cart-pole');
  return policyWidths.slice(1).map((_, i) => ({kernel: read(`dense${i}.kernel`), bias: read(`dense${i}.bias`)}));
}

/** Takes the push with the higher score, in plain JavaScript: states [carts · 4]. */
export function policyOf(layers: readonly DenseWeights[]): Policy {
  return (states, carts) => {
    let h: Float32Array = states;
    layers.forEach(({kernel, bias}, layer) => {
      const [inputs, outputs] = kernel.shape as [number, number];
      const sums = new Float32Array(carts * outputs);
      for (let cart = 0; cart < carts; cart++) {
        const to = cart * outputs;
        for (let j = 0; j < outputs; j++) sums[to + j] = bias.data[j]!;
        for (let i = 0; i < inputs; i++) {
          const x = h[cart * inputs + i]!;
          for (let j = 0; j < outputs; j++) sums[to + j]! += x * kernel.data[i * outputs + j]!;
        }
        if (layer < layers.length - 1) for (let j = 0; j < outputs; j++) if (sums[to + j]! < 0) sums[to + j] = 0;
      }
      h = sums;
    });
    return Int32Array.from({length: carts}, (_, cart) => (h[2 * cart + 1]! > h[2 * cart]! ? 1 : 0));
  };
}
