import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'one layer at a time is rounded, all others stay float'};

/** Rounds all layers but this one: the cost of the others, not of this one. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(
        () =>
          lossOf(
            withKernels(network, layer => (layer.name === name ? kernel : snap(layer.kernel, bits))),
            images,
            labels,
          ) - baseline,
      );
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
    }),
  );
}
