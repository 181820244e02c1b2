import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type KernelQuantization, WeightQuantizer} from '../../layers/weight-quantizer.ts';
import {layersOf} from '../../models/graph.ts';
import type {ScanTarget} from './sensitivity-scan.ts';

/** How many of a kernel's last axes make the output channels, by the layer's class. */
const channelAxes: Readonly<Record<string, number>> = {Dense: 1, Conv2D: 1, DepthwiseConv2D: 2};

/**
 * The kernels of a model's Dense, Conv2D and DepthwiseConv2D layers, snapped in place, by the layer's name, which a recipe's rules take; by path where
 * models within the model have layers of the same name.
 * Bytes are those of codes and of scales in float32.
 */
export function kernelsOf(model: LayersModel): ScanTarget<KernelQuantization> {
  const placed = layersOf(model);
  const kernels = new Map(
    placed.flatMap(({path, layer}) => {
      const axes = channelAxes[layer.getClassName()];
      const unique = placed.filter(other => other.layer.name === layer.name).length === 1;
      return axes ? [[unique ? layer.name : path, {kernel: layer.weights[0]!, axes}] as const] : [];
    }),
  );
  return {
    layers: [...kernels.keys()],
    apply(layer, choice) {
      const {kernel, axes} = kernels.get(layer)!;
      const quantizer = new WeightQuantizer(choice, axes);
      const float = tf.clone(kernel.read());
      tf.tidy(() => void kernel.write(quantizer.snap(float)));
      const scales = quantizer.scaleShape(float.shape).reduce((product, n) => product * n, 1);
      return {
        bytes: Math.ceil((float.size * choice.bits) / 8) + 4 * scales,
        undo() {
          kernel.write(float);
          float.dispose();
        },
      };
    },
  };
}
