import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, allocateBits, scanLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'every budget is kept, with every choice of widths'};

/** Counts codes alone, and so exceeds the budget by the scales. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.calibration, data.calibrationLabels, choices);
  const codes = rows.map(row => ({...row, bytes: row.bytes - 4 * network.layers.find(({name}) => name === row.layer)!.kernel.shape[1]}));
  const bits = allocateBits(codes, budget);
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
