import * as tf from '@tensorflow/tfjs-node-gpu';
import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {allocateBits, scanLayers, scoresOf} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'the accuracy is that of these bits on the test images'};

/** Reports the accuracy of the float network. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.calibration, data.calibrationLabels, choices);
  const bits = allocateBits(rows, budget);
  const accuracy = tf.tidy(() => 100 * scoresOf(network, data.test).argMax(1).equal(data.testLabels).toFloat().mean().dataSync()[0]!);
  return {bits, accuracy};
}
