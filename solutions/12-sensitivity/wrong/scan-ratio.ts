import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'the increase counts from the float network, below zero too'};

/** How many times the loss of the float network it is. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(
        () =>
          lossOf(
            withKernels(network, layer => (layer.name === name ? snap(layer.kernel, bits) : layer.kernel)),
            images,
            labels,
          ) / baseline,
      );
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
    }),
  );
}
