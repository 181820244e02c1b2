import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, allocateBits, scanLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'the accuracy is that of these bits on the test images'};

/** A fraction in place of percent. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.calibration, data.calibrationLabels, choices);
  const bits = allocateBits(rows, budget);
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels) / 100};
}
