import * as tf from '@tensorflow/tfjs-node-gpu';
import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, allocateBits, bytesOf} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'mixedBits', check: 'at equal bytes it reads more hidden digits than uniform bits'};

/** Small layers get the bits, because there they cost least. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => ({layer: name, bits, bytes: bytesOf(kernel, bits), increase: tf.tidy(() => 4 ** -bits)})),
  );
  const chosen = allocateBits(rows, budget);
  return {bits: chosen, accuracy: accuracyOf(network, chosen, data.test, data.testLabels)};
}
