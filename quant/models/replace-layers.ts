import type * as tf from '@tensorflow/tfjs-core';
import type {layers, LayersModel} from '@tensorflow/tfjs-layers';
import {copyWeights, type Graph, type GraphLayer, graphOf, layersOf, modelOf} from './graph.ts';
import {choose, expectSelectors, type LayerSelector} from './recipe.ts';

/** What takes a layer's place. */
export interface Replacement {
  /** A registered class's name. */
  readonly className: string;
  /** Joined to the layer's own configuration. */
  readonly config: tf.serialization.ConfigDict;
  /** Gives the new layer, which is built, what the old one has learned. */
  readonly fill: (to: layers.Layer, from: layers.Layer) => void;
}

/**
 * A new model with other layers in the places of some, under the same names and between the same neighbours; the others keep their kind and get copies of
 * their weights. A layer that is used twice stays one layer. Models within the model are gone through too.
 * @throws Error for a model that is not built
 */
export function replaceLayers<Model extends LayersModel>(
  model: Model,
  replacementFor: (layer: GraphLayer) => Replacement | undefined,
): Model {
  const graph = graphOf(model);
  const replaced = replaceIn(graph, '', replacementFor);
  const made = modelOf(graph, model);
  copyWeights(model, made, ({path, layer}) => (replaced.has(path) ? [] : layer.weights.map(weight => weight.read())));
  const targets = new Map(layersOf(made).map(({path, layer}) => [path, layer]));
  for (const {path, layer} of layersOf(model)) replaced.get(path)?.fill(targets.get(path)!, layer);
  return made as Model;
}

/** What takes a Dense layer's place. */
export interface DenseReplacement<Layer extends layers.Layer> extends Omit<Replacement, 'fill'> {
  /** Gives the new layer the weights of the old one: kernel [inputs, units], bias [units]. */
  readonly fill: (to: Layer, weights: {readonly kernel: tf.Tensor2D; readonly bias?: tf.Tensor1D}) => void;
}

/**
 * As `replaceLayers`, the same for every Dense layer but those that `skip` chooses.
 * @throws RangeError where `skip` chooses no layer
 * @throws Error for a model that is not built
 */
export function replaceDense<Model extends LayersModel, Layer extends layers.Layer>(
  model: Model,
  skip: readonly LayerSelector[],
  {className, config, fill}: DenseReplacement<Layer>,
): Model {
  expectSelectors(
    {skip},
    layersOf(model).map(({layer}) => ({name: layer.name, className: layer.getClassName()})),
  );
  return replaceLayers(model, layer => {
    if (layer.className !== 'Dense' || choose({skip}, layer).weights === null) return undefined;
    return {
      className,
      config,
      fill: (to, from) => {
        const [kernel, bias] = from.getWeights() as [tf.Tensor2D, tf.Tensor1D?];
        fill(to as Layer, {kernel, ...(bias && {bias})});
      },
    };
  });
}

function replaceIn(graph: Graph, prefix: string, replacementFor: (layer: GraphLayer) => Replacement | undefined): Map<string, Replacement> {
  const replaced = new Map<string, Replacement>();
  for (const layer of graph.layers) {
    if (layer.inner) {
      for (const [path, replacement] of replaceIn(layer.inner, `${prefix}${layer.name}/`, replacementFor)) replaced.set(path, replacement);
      continue;
    }
    const replacement = replacementFor(layer);
    if (!replacement) continue;
    replaced.set(prefix + layer.name, replacement);
    layer.className = replacement.className;
    layer.config = {...layer.config, ...replacement.config};
  }
  return replaced;
}
