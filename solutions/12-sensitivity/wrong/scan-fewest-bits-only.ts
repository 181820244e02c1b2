import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'there is a row for every layer and every width'};

/** One row for each layer, at the fewest bits. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  const bits = Math.min(...choices);
  return network.layers.map(({name, kernel}) => {
    const increase = tf.tidy(
      () =>
        lossOf(
          withKernels(network, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel)),
          images,
          labels,
        ) - baseline,
    );
    return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
  });
}
