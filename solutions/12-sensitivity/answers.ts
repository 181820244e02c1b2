import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Choice, Layer, MixedData, MixedResult, Network, ScanRow} from '../../exercises/12-sensitivity/interface.ts';

/** A layer's kernel moved to its grid: a scale for each column, its largest magnitude over 2^(bits−1) − 1. */
export function snap(kernel: tf.Tensor2D, bits: number): tf.Tensor2D {
  return tf.tidy(() => {
    const scale = kernel
      .abs()
      .max(0)
      .maximum(1e-12)
      .div(2 ** (bits - 1) - 1); // [inputs, outputs] → [outputs]
    return kernel.div(scale).round().mul(scale) as tf.Tensor2D;
  });
}

/** Layers of one stage read their parts of what comes in, and their sums are added. */
export function scoresOf({layers, biases}: Network, images: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    let h = images;
    biases.forEach((bias, stage) => {
      let sums: tf.Tensor = bias;
      for (const {kernel, from} of layers.filter(layer => layer.stage === stage))
        sums = h.slice([0, from], [-1, kernel.shape[0]]).matMul(kernel).add(sums);
      h = (stage < biases.length - 1 ? sums.relu() : sums.clone()) as tf.Tensor2D;
    });
    return h;
  });
}

/** Mean −ln p of the labels. */
export function lossOf(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D): number {
  return tf.tidy(() => {
    const scores = scoresOf(network, images);
    return -tf.logSoftmax(scores).mul(tf.oneHot(labels, scores.shape[1])).sum(1).mean().dataSync()[0]!;
  });
}

/** The network with each layer's kernel replaced by what `change` makes of it. */
export function withKernels(network: Network, change: (layer: Layer) => tf.Tensor2D): Network {
  return {...network, layers: network.layers.map(layer => ({...layer, kernel: change(layer)}))};
}

export function bytesOf(kernel: tf.Tensor2D, bits: number): number {
  return Math.ceil((kernel.size * bits) / 8) + 4 * kernel.shape[1];
}

/** One row after the other: this layer on its grid, every other one as it was; the loss of that less the loss in float. */
export function scanLayers(network: Network, images: tf.Tensor2D, labels: tf.Tensor1D, choices: readonly number[]): ScanRow[] {
  const baseline = lossOf(network, images, labels);
  return network.layers.flatMap(({name, kernel}) =>
    choices.map(bits => {
      const loss = tf.tidy(() =>
        lossOf(
          withKernels(network, layer => (layer.name === name ? snap(kernel, bits) : layer.kernel)),
          images,
          labels,
        ),
      );
      return {layer: name, bits, bytes: bytesOf(kernel, bits), increase: loss - baseline};
    }),
  );
}

/**
 * Begins with the fewest bits everywhere. Of all steps that still fit, to any wider row of any layer, the one is taken that saves most loss for a byte;
 * a row that is wider and no better never is. This is greedy: now and then a few bytes are left with which an exact search would have saved a little more.
 */
export function allocateBits(rows: readonly ScanRow[], budget: number): ScanRow[] {
  const chosen = new Map<string, ScanRow>();
  for (const row of rows) if (row.bytes < (chosen.get(row.layer)?.bytes ?? Infinity)) chosen.set(row.layer, row);
  let left = budget - [...chosen.values()].reduce((sum, {bytes}) => sum + bytes, 0);
  for (;;) {
    let best: {row: ScanRow; worth: number} | undefined;
    for (const row of rows) {
      const now = chosen.get(row.layer)!;
      const [cost, saving] = [row.bytes - now.bytes, now.increase - row.increase];
      if (cost <= 0 || cost > left || saving <= 0) continue;
      if (saving / cost > (best?.worth ?? 0)) best = {row, worth: saving / cost};
    }
    if (!best) return [...chosen.values()];
    left -= best.row.bytes - chosen.get(best.row.layer)!.bytes;
    chosen.set(best.row.layer, best.row);
  }
}

/** The share that the network reads right with these bits, in percent. */
export function accuracyOf(network: Network, bits: readonly Choice[], images: tf.Tensor2D, labels: tf.Tensor1D): number {
  return tf.tidy(() => {
    const widths = new Map(bits.map(choice => [choice.layer, choice.bits]));
    const rounded = withKernels(network, layer => snap(layer.kernel, widths.get(layer.name)!));
    return 100 * scoresOf(rounded, images).argMax(1).equal(labels).toFloat().mean().dataSync()[0]!;
  });
}

/** Scan and allocation on the calibration images; the test images are touched by the last line alone. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.calibration, data.calibrationLabels, choices);
  const bits = allocateBits(rows, budget);
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
