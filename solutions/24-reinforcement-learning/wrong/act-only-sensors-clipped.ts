import type {IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'act', check: 'what lies outside the grid stops at ±127'};

/** Clips what the sensors say, and nothing in the hidden layers. */
export function act(layers: readonly IntegerLayer[], states: Float32Array): Int32Array {
  let flowing = states;
  layers.forEach(({inputs, outputs, inputScales, codes, scales, bias}, layer) => {
    const carts = flowing.length / inputs;
    const next = new Float32Array(carts * outputs);
    const sums = new Int32Array(outputs);
    for (let cart = 0; cart < carts; cart++) {
      sums.set(bias);
      for (let i = 0; i < inputs; i++) {
        const q = Math.max(
          layer === 0 ? -127 : -Infinity,
          Math.min(layer === 0 ? 127 : Infinity, Math.round(flowing[cart * inputs + i]! / inputScales[i]!)),
        );
        if (q === 0) continue;
        for (let j = 0; j < outputs; j++) sums[j]! += q * codes[i * outputs + j]!;
      }
      for (let j = 0; j < outputs; j++) {
        const value = sums[j]! * scales[j]!;
        next[cart * outputs + j] = layer < layers.length - 1 ? Math.max(0, value) : value;
      }
    }
    flowing = next;
  });
  return Int32Array.from({length: flowing.length / 2}, (_, cart) => (flowing[2 * cart + 1]! > flowing[2 * cart]! ? 1 : 0));
}
