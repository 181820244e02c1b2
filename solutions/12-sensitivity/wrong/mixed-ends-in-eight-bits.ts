import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, bytesOf} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'at equal bytes it reads more hidden digits than uniform bits'};

/** A rule of thumb: the first and the last layer are said to need their bits. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const widest = Math.max(...choices);
  const chosen = new Map(network.layers.map(({name}) => [name, Math.min(...choices)]));
  const taken = (): number => network.layers.reduce((sum, {name, kernel}) => sum + bytesOf(kernel, chosen.get(name)!), 0);
  for (const {name} of [network.layers[0]!, network.layers.at(-1)!, ...network.layers]) {
    const before = chosen.get(name)!;
    chosen.set(name, widest);
    if (taken() > budget) chosen.set(name, before);
  }
  const bits = [...chosen].map(([layer, width]) => ({layer, bits: width}));
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
