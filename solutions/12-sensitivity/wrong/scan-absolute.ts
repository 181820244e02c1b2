import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'the increase counts from the float network, below zero too'};

/** The size of the change: a layer whose rounding helped looks as bad as one that it hurt. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(() =>
        Math.abs(
          lossOf(
            withKernels(network, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel)),
            images,
            labels,
          ) - baseline,
        ),
      );
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
    }),
  );
}
