import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';
import {bytesOf, lossOf, snap} from '../answers.ts';

export * from '../answers.ts';

/** Width by width in place of layer by layer: every kernel is rounded once, then each takes its turn among the float ones. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  return tf.tidy(() => {
    const float = network.layers.map(({kernel}) => kernel);
    const lossWith = (kernels: readonly tf.Tensor2D[]): number =>
      lossOf({...network, layers: network.layers.map((layer, i) => ({...layer, kernel: kernels[i]!}))}, images, labels);
    const baseline = lossWith(float);
    return choices.flatMap(bits => {
      const rounded = float.map(kernel => snap(kernel, bits));
      return network.layers.map(({name}, i) => ({
        layer: name,
        bits,
        bytes: bytesOf(float[i]!, bits),
        increase: lossWith(float.map((kernel, j) => (i === j ? rounded[j]! : kernel))) - baseline,
      }));
    });
  });
}
