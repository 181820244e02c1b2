import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, snap} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'scanLayers', check: 'one layer at a time is rounded, all others stay float'};

/** The relative error of the weights: the network is not asked. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  void [images, labels];
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const increase = tf.tidy(() => kernel.sub(snap(kernel, bits)).norm().div(kernel.norm()).dataSync()[0]!);
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase};
    }),
  );
}
