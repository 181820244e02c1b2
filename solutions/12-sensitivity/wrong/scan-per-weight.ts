import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'one layer at a time is rounded, all others stay float'};

/** Divides by the number of weights: allocation needs the loss of the layer. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(
        () =>
          (lossOf(
            withKernels(network, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel)),
            images,
            labels,
          ) -
            baseline) /
          kernel.size,
      );
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
    }),
  );
}
