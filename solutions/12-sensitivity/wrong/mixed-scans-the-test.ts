import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, allocateBits, scanLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'at equal bytes it reads more hidden digits than uniform bits'};

/** Scans on the test images: there are labels, too. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.test, data.testLabels, choices);
  const bits = allocateBits(rows, budget);
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
