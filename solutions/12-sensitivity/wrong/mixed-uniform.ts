import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, bytesOf} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'at equal bytes it reads more hidden digits than uniform bits'};

/** The widest uniform bits that fit. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const taken = (bits: number): number => network.layers.reduce((sum, {kernel}) => sum + bytesOf(kernel, bits), 0);
  const width = Math.max(...choices.filter(bits => bits === Math.min(...choices) || taken(bits) <= budget));
  const bits = network.layers.map(({name}) => ({layer: name, bits: width}));
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
