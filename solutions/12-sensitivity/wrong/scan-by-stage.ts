import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'there is a row for every layer and every width'};

/** One row for each stage: the strips are taken together. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.biases.flatMap((_, stage) =>
    choices.map(bits => {
      const increase = tf.tidy(
        () =>
          lossOf(
            withKernels(network, layer => (layer.stage === stage ? snap(layer.kernel, bits) : layer.kernel)),
            images,
            labels,
          ) - baseline,
      );
      const own = network.layers.filter(layer => layer.stage === stage);
      return {layer: own[0]!.name, bits, bytes: own.reduce((sum, {kernel}) => sum + bytesOf(kernel, bits), 0), increase};
    }),
  );
}
