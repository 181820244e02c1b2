import * as tf from '@tensorflow/tfjs-core';
import type {layers, LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {isQuantizedLayer} from '../../layers/quantized-layer.ts';
import type {Batch} from '../../models/calibrate.ts';
import {layersOf} from '../../models/graph.ts';

/** What is common to tfjs's layers with a kernel, and protected there. */
interface ActivatedLayer {
  activation: {apply(x: tf.Tensor): tf.Tensor; getClassName(): string};
  readonly bias: LayerVariable | null;
  readonly dataFormat?: string;
}

/**
 * Takes off what quantization shifts the outputs by on average: for each layer with quantized weights and a bias, in the order of the model,
 * bias += E[W·x + b]float − E[W·x + b]quantized, per output channel, before the activation. The expectations are those on the batches; the second is
 * measured with all layers before already corrected, so that errors that come in are made up for, too. It runs the batches once for each layer.
 * @param original the float model that `quantized` was made of, with the same layer names
 * @param quantized is changed in place; calibrate it first
 * @param batches may be gone through many times: a list, not a generator
 * @throws Error without batches, or where no layer can be corrected
 * Source: Nagel et al. 2019, section 4.2 and appendix D (empirical bias correction); Finkelstein et al. 2019.
 */
export function correctBiases(original: LayersModel, quantized: LayersModel, batches: readonly Batch[]): void {
  if (batches.length === 0) throw new Error('Expected at least one batch to measure on, got none; some hundred examples are enough');
  const sources = new Map(layersOf(original).map(({path, layer}) => [path, layer]));
  const correctable = layersOf(quantized).flatMap(({path, layer}) => {
    const source = sources.get(path);
    const {bias} = layer as unknown as ActivatedLayer;
    return source && bias && isQuantizedLayer(layer) && layer.quantizers.weights ? [{layer, source, bias}] : [];
  });
  if (correctable.length === 0)
    throw new Error(`Expected layers of ${quantized.name} with quantized weights and a bias, of the names of ${original.name}, got none`);
  const wanted = meansBeforeActivation(
    original,
    correctable.map(({source}) => source),
    batches,
  );
  correctable.forEach(({layer, bias}, i) => {
    const [found] = meansBeforeActivation(quantized, [layer], batches);
    const shift = Float32Array.from(wanted[i]!, (mean, channel) => mean - found![channel]!);
    tf.tidy(() => void bias.write(tf.add(bias.read(), tf.tensor1d(shift))));
  });
}

/** The mean of each channel of what layers put out before their activation, over all batches, positions and calls. */
export function meansBeforeActivation(
  model: LayersModel,
  watched: readonly layers.Layer[],
  batches: readonly Batch[],
): Float64Array<ArrayBuffer>[] {
  const sums = watched.map(() => ({values: new Float64Array(), count: 0}));
  const activations = watched.map(layer => (layer as unknown as ActivatedLayer).activation);
  watched.forEach((layer, i) => {
    const {dataFormat} = layer as unknown as ActivatedLayer;
    (layer as unknown as ActivatedLayer).activation = {
      // No name that tfjs fuses: the sum has to come out first.
      getClassName: () => 'watched',
      apply(x) {
        const sum = sums[i]!;
        const channelAxis = dataFormat === 'channelsFirst' ? 1 : x.rank - 1;
        const means = tf.tidy(() =>
          tf
            .mean(
              x,
              x.shape.map((_, axis) => axis).filter(axis => axis !== channelAxis),
            )
            .dataSync(),
        );
        const rows = x.size / means.length;
        if (sum.count === 0) sum.values = new Float64Array(means.length);
        means.forEach((mean, channel) => (sum.values[channel]! += mean * rows));
        sum.count += rows;
        return activations[i]!.apply(x);
      },
    };
  });
  try {
    for (const batch of batches) {
      const batchSize = (Array.isArray(batch) ? batch[0] : batch)?.shape[0] ?? 1;
      tf.tidy(() => void model.predict(batch, {batchSize}));
    }
  } finally {
    watched.forEach((layer, i) => ((layer as unknown as ActivatedLayer).activation = activations[i]!));
  }
  return sums.map(({values, count}) => values.map(value => value / count));
}
