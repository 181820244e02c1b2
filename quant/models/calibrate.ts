import type * as tf from '@tensorflow/tfjs-core';
import {tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {activationQuantizers, isQuantizedLayer, type QuantizedLayer} from '../layers/quantized-layer.ts';
import {layersOf} from './graph.ts';

/** A model's input, or several in the order of its inputs; [batch, …] each. */
export type Batch = tf.Tensor | tf.Tensor[];

/**
 * Runs data through a quantized model in float, weights too, while the observers that its recipe names watch every activation that will be snapped; then
 * gives each its range. What was observed before is replaced. Batches are not disposed; where one fails, the ranges stay as they were.
 * @throws Error without a batch
 */
export async function calibrate(model: LayersModel, batches: Iterable<Batch> | AsyncIterable<Batch>): Promise<void> {
  const layers = quantizedLayers(model);
  const quantizers = layers.flatMap(activationQuantizers);
  const floating = layers.flatMap(({quantizers}) => (quantizers.weights?.enabled ? [quantizers.weights] : []));
  let count = 0;
  let whole = false;
  for (const quantizer of quantizers) quantizer.beginCalibration();
  for (const weights of floating) weights.enabled = false;
  try {
    for await (const batch of batches) {
      const batchSize = (Array.isArray(batch) ? batch[0] : batch)?.shape[0] ?? 1;
      tidy(() => void model.predict(batch, {batchSize}));
      count++;
    }
    if (count === 0) throw new Error('Expected at least one batch to calibrate on, got none; some hundred examples are enough');
    whole = true;
  } finally {
    for (const weights of floating) weights.enabled = true;
    for (const quantizer of quantizers) quantizer.endCalibration(whole);
  }
}

/**
 * Fixes all ranges of activations: training moves them no more, and the fixed state is saved with the model.
 * @throws Error naming the layers whose activations were never observed
 */
export function freeze(model: LayersModel): void {
  expectCalibrated(model, 'calibrate() or train the model first');
  for (const layer of quantizedLayers(model)) for (const quantizer of activationQuantizers(layer)) quantizer.frozen = true;
}

/** @throws Error naming the layers whose activations were never observed */
export function expectCalibrated(model: LayersModel, next: string): void {
  const blind = quantizedLayers(model).filter(layer => activationQuantizers(layer).some(({range}) => !range));
  if (blind.length > 0)
    throw new Error(`Expected ranges for the activations of every layer, got none at ${blind.map(({name}) => name).join(', ')}; ${next}`);
}

/** A model's quantized layers, those of models within it too. */
export function quantizedLayers(model: LayersModel): QuantizedLayer[] {
  return layersOf(model).flatMap(({layer}) => (isQuantizedLayer(layer) ? [layer] : []));
}
