import type * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {isQuantizedLayer} from '../layers/quantized-layer.ts';
import {quantizedClasses} from '../layers/quantized-classes.ts';
import {copyWeights, type Graph, type GraphLayer, graphOf, layersOf, modelOf} from './graph.ts';
import {quantizedLayers} from './calibrate.ts';
import {placeQuantizers} from './placement.ts';
import {choose, expectSelectors, float, type Recipe} from './recipe.ts';

/**
 * A new model that computes as the given one would on integer grids, with the same layer names and copies of its weights: Dense, Conv2D and
 * DepthwiseConv2D snap their weights, and what quantized layers compute with is snapped once (see `Recipe`). Layers without a quantized kind stay as they
 * are. Until `calibrate`, or training, has shown it activations, they pass in float; it trains with `fit`, saves and loads as any model.
 * The given model stays as it is; both are the caller's to dispose.
 * Source: Jacob et al. 2018, section 3; the rules are those of TensorFlow Model Optimization and torch.ao.
 * @throws RangeError at a recipe that chooses no layer by a selector, or at bits that make no grid
 * @throws Error for a model that is not built, or is quantized already
 */
export function quantizeModel<Model extends LayersModel>(model: Model, recipe: Recipe = {}): Model {
  const already = layersOf(model).find(({layer}) => isQuantizedLayer(layer));
  if (already) throw new Error(`Expected a plain model, got ${already.path} quantized already; strip() makes it plain again`);
  const graph = graphOf(model);
  expectSelectors(recipe, allLayers(graph));
  quantizeGraph(graph, recipe);
  const quantized = modelOf(graph, model);
  copyWeights(model, quantized);
  for (const {quantizers} of quantizedLayers(quantized)) quantizers.weights?.begin(quantizers.kernel!.read());
  return quantized as Model;
}

function quantizeGraph(graph: Graph, recipe: Recipe): void {
  for (const [layer, config] of placeQuantizers(graph, recipe)) {
    if (layer.inner && choose(recipe, layer) !== float) quantizeGraph(layer.inner, recipe);
    if (Object.keys(config).length === 0) continue;
    layer.className = quantizedClasses.get(layer.className)!.className;
    layer.config = {...layer.config, ...(config as tf.serialization.ConfigDict)};
  }
}

/** Every layer, those of models within the model too. */
function allLayers(graph: Graph): GraphLayer[] {
  return graph.layers.flatMap(layer => (layer.inner ? [layer, ...allLayers(layer.inner)] : [layer]));
}
