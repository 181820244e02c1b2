import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'bytes are those of codes and scales'};

/** A scale for each input in place of each output. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(
        () =>
          lossOf(
            withKernels(network, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel)),
            images,
            labels,
          ) - baseline,
      );
      return {layer: name, bits, bytes: Math.ceil((kernel.size * bits) / 8) + 4 * kernel.shape[0], increase};
    }),
  );
}
