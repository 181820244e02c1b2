import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, scoresOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'one layer at a time is rounded, all others stay float'};

const accuracyAt = (network: Network, images: tf.Tensor2D, labels: tf.Tensor1D): number =>
  100 * scoresOf(network, images).argMax(1).equal(labels).toFloat().mean().dataSync()[0]!;

/** Lost accuracy in place of loss: on few images it hardly moves. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(
        () =>
          (accuracyAt(network, images, labels) -
            accuracyAt(
              withKernels(network, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel)),
              images,
              labels,
            )) /
          100,
      );
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
    }),
  );
}
