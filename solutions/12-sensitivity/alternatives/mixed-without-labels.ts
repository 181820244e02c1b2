import * as tf from '@tensorflow/tfjs-node-gpu';
import type {MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, allocateBits, bytesOf, scoresOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

/** Asks how far the scores move from those of the float network, not for the loss: labels are not needed. Then the allocation as before. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const {calibration, test, testLabels} = data;
  const moved = (name: string, bits: number): number =>
    tf.tidy(() => {
      const rounded = withKernels(network, layer => (layer.name === name ? snap(layer.kernel, bits) : layer.kernel));
      const [float, now] = [tf.softmax(scoresOf(network, calibration)), tf.logSoftmax(scoresOf(rounded, calibration))];
      return float
        .mul(tf.log(float.add(1e-9)).sub(now))
        .sum(1)
        .mean()
        .dataSync()[0]!; // Kullback-Leibler divergence
    });
  const rows = network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => ({layer: name, bits, bytes: bytesOf(kernel, bits), increase: moved(name, bits)})),
  );
  const chosen = allocateBits(rows, budget);
  return {bits: chosen, accuracy: accuracyOf(network, chosen, test, testLabels)};
}
