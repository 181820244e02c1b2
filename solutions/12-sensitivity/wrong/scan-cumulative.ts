import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap, withKernels} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'one layer at a time is rounded, all others stay float'};

/** Rounds layer after layer and never goes back: late rows carry the cost of all before. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  let current = network;
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      current = withKernels(current, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel));
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase: lossOf(current, images, labels) - baseline};
    }),
  );
}
