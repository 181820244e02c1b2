import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Network, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

/** Loops over plain arrays: each layer is rounded in place of its own copy, the pass is computed by hand. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const layers = network.layers.map(({name, stage, from, kernel}) => ({
    name,
    stage,
    from,
    shape: kernel.shape,
    weights: Float32Array.from(kernel.dataSync()),
  }));
  const biases = network.biases.map(bias => bias.dataSync());
  const [pixels, classes] = [images.dataSync(), labels.dataSync()];
  const meanLoss = (): number => {
    let total = 0;
    for (let image = 0; image < classes.length; image++) {
      let h = Array.from(pixels.slice(image * images.shape[1], (image + 1) * images.shape[1]));
      biases.forEach((bias, stage) => {
        const sums = Array.from(bias);
        for (const {from, shape, weights} of layers.filter(layer => layer.stage === stage))
          for (let i = 0; i < shape[0]; i++) for (let j = 0; j < shape[1]; j++) sums[j]! += h[from + i]! * weights[i * shape[1] + j]!;
        h = stage < biases.length - 1 ? sums.map(sum => Math.max(0, sum)) : sums;
      });
      const largest = Math.max(...h);
      total += largest + Math.log(h.reduce((sum, score) => sum + Math.exp(score - largest), 0)) - h[classes[image]!]!;
    }
    return total / classes.length;
  };
  const baseline = meanLoss();
  const rows: ScanRow[] = [];
  for (const layer of layers) {
    const float = layer.weights.slice();
    const [inputs, outputs] = layer.shape;
    for (const bits of choices) {
      for (let j = 0; j < outputs; j++) {
        let largest = 0;
        for (let i = 0; i < inputs; i++) largest = Math.max(largest, Math.abs(float[i * outputs + j]!));
        const scale = largest / (2 ** (bits - 1) - 1) || 1;
        for (let i = 0; i < inputs; i++) layer.weights[i * outputs + j] = scale * Math.round(float[i * outputs + j]! / scale);
      }
      rows.push({layer: layer.name, bits, bytes: Math.ceil((inputs * outputs * bits) / 8) + 4 * outputs, increase: meanLoss() - baseline});
      layer.weights.set(float);
    }
  }
  return rows;
}
