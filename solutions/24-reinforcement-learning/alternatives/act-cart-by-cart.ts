import type {IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** One cart after the other, in float64, half to even; the last comparison is a subtraction. */
export function act(layers: readonly IntegerLayer[], states: Float32Array): Int32Array {
  const {inputs} = layers[0]!;
  const even = (x: number): number => {
    const down = Math.floor(x);
    return x - down === 0.5 ? down + (down % 2 === 0 ? 0 : 1) : Math.round(x);
  };
  const pushes = new Int32Array(states.length / inputs);
  for (let cart = 0; cart < pushes.length; cart++) {
    let values = Array.from(states.subarray(cart * inputs, (cart + 1) * inputs));
    for (const [depth, layer] of layers.entries()) {
      const q = values.map((x, i) => Math.min(127, Math.max(-127, even(x / layer.inputScales[i]!))));
      values = Array.from(
        layer.scales,
        (scale, j) => scale * q.reduce((sum, code, i) => sum + code * layer.codes[i * layer.outputs + j]!, layer.bias[j]!),
      );
      if (depth < layers.length - 1) values = values.map(y => (y > 0 ? y : 0));
    }
    pushes[cart] = values[1]! - values[0]! > 0 ? 1 : 0;
  }
  return pushes;
}
