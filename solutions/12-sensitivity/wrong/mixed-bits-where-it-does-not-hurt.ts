import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, allocateBits, scanLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'at equal bytes it reads more hidden digits than uniform bits'};

/** Takes the sign wrongly: layers that hardly mind get the bits. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.calibration, data.calibrationLabels, choices).map(row => ({...row, increase: -row.increase}));
  const most = Math.min(...choices);
  const turned = rows.map(row => ({...row, increase: row.bits === most ? 0 : row.increase - 1 / (1 + Math.abs(row.increase))}));
  const bits = allocateBits(turned, budget);
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
