import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {FakeQuant} from '../layers/fake-quant.ts';
import {ObservedFakeQuant} from '../layers/observed-fake-quant.ts';
import {Pact} from '../layers/pact.ts';
import {isQuantizedLayer, type QuantizedLayer} from '../layers/quantized-layer.ts';
import {copyWeights, type Graph, graphOf, layersOf, modelOf, type PlacedLayer} from './graph.ts';

/**
 * A plain float model of the classes and names that were there before: its weights are the snapped ones that the quantized model computes with, its
 * activations are snapped no more. Where only weights were quantized, it computes the same. Of the layers made by hand, FakeQuant and Pact become the
 * ReLU that clips where they do, ObservedFakeQuant lets all through.
 */
export function strip<Model extends LayersModel>(model: Model): Model {
  const graph = graphOf(model);
  const layers = new Map(layersOf(model).map(({path, layer}) => [path, layer]));
  stripGraph(graph, '', layers);
  const plain = modelOf(graph, model);
  copyWeights(model, plain, weightsOf);
  return plain as Model;
}

function stripGraph(graph: Graph, prefix: string, layers: ReadonlyMap<string, PlacedLayer['layer']>): void {
  for (const entry of graph.layers) {
    if (entry.inner) stripGraph(entry.inner, `${prefix}${entry.name}/`, layers);
    const layer = layers.get(prefix + entry.name);
    if (layer instanceof FakeQuant || layer instanceof Pact) {
      const {bits: _bits, high: _high, alpha: _alpha, decay: _decay, ...config} = entry.config;
      entry.className = 'ReLU';
      entry.config = {...config, maxValue: layer instanceof Pact ? layer.clip : layer.high};
    } else if (layer && isQuantizedLayer(layer)) {
      entry.className = layer.quantizers.plainClassName;
      entry.config = plainConfig(layer);
    }
  }
}

function plainConfig(layer: QuantizedLayer): tf.serialization.ConfigDict {
  const {quantizeInputs: _inputs, quantizeOutput: _output, frozen: _frozen, ...config} = layer.getConfig();
  if (layer instanceof ObservedFakeQuant) {
    const {bits: _bits, signed: _signed, scheme: _scheme, observer: _observer, averagingConstant: _constant, ...linear} = config;
    return {...linear, activation: 'linear'};
  }
  // Batch normalization has a `scale` of its own.
  if (!layer.quantizers.weights) return config;
  const {bits: _bits, granularity: _granularity, scale: _scale, ...plain} = config;
  return plain;
}

/** The plain layer's weights, in its order: the quantizers' own, ranges and learned scales, come after them. */
function weightsOf({layer}: PlacedLayer): tf.Tensor[] {
  if (layer instanceof FakeQuant || layer instanceof Pact) return [];
  const weights = layer.weights.map(weight => weight.read());
  if (!isQuantizedLayer(layer)) return weights;
  const {inputs, output, weights: quantizer, kernel} = layer.quantizers;
  const own = [...inputs, output].filter(range => range !== undefined).length + (quantizer?.scale === 'learned' ? 1 : 0);
  const plain = weights.slice(0, weights.length - own);
  if (quantizer && kernel) plain[0] = quantizer.snap(kernel.read());
  return plain;
}
