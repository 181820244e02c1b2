import type {ActivationQuantization} from '../layers/activation-quantizer.ts';
import {quantizedClasses} from '../layers/quantized-classes.ts';
import type {QuantizerConfig} from '../layers/quantized-layer.ts';
import type {Graph, GraphLayer, Source} from './graph.ts';
import {choose, type LayerChoice, type Recipe} from './recipe.ts';

/** What they put out lies on the grid of what came in: they move values, choose among them or put zeros beside them, or do something only in training. */
const passing: ReadonlySet<string> = new Set([
  'AlphaDropout',
  'Cropping2D',
  'Dropout',
  'Flatten',
  'GaussianDropout',
  'GaussianNoise',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'MaxPooling1D',
  'MaxPooling2D',
  'Permute',
  'RepeatVector',
  'Reshape',
  'SpatialDropout1D',
  'ZeroPadding2D',
]);

/** Computed on the sums of the layer before, where that is their only one: there is no grid between the two, as in a fused kernel. */
const fusing: ReadonlySet<string> = new Set(['Activation', 'BatchNormalization', 'ELU', 'LeakyReLU', 'ReLU']);

/** The classes that have weights to quantize. */
const kernels: ReadonlySet<string> = new Set(['Dense', 'Conv2D', 'DepthwiseConv2D']);

/**
 * What each layer of a graph has to snap. An activation is snapped once: where it is made, if a quantized layer will compute with it; where it comes in,
 * if no grid was before, as a model's inputs and what a float layer makes. What a model puts out stays float.
 */
export function placeQuantizers(graph: Graph, recipe: Recipe): Map<GraphLayer, QuantizerConfig> {
  const byName = new Map(graph.layers.map(layer => [layer.name, layer]));
  const chosen = new Map(graph.layers.map(layer => [layer, choiceFor(layer, recipe)]));
  const outputs = new Set(graph.outputs.map(({layer}) => byName.get(layer)));
  const consumers = new Map(graph.layers.map(layer => [layer, graph.layers.filter(other => takesFrom(other, layer))]));

  const snapping = (layer: GraphLayer): ActivationQuantization | null => chosen.get(layer)!.activations;
  const reachesGrid = (layer: GraphLayer): boolean =>
    consumers.get(layer)!.some(next => snapping(next) !== null || (passing.has(next.className) && reachesGrid(next)));
  const fused = (layer: GraphLayer): boolean => {
    const [next, ...more] = consumers.get(layer)!;
    const linear = (layer.config['activation'] ?? 'linear') === 'linear';
    return linear && !outputs.has(layer) && more.length === 0 && !!next && fusing.has(next.className) && snapping(next) !== null;
  };
  const snapsOutput = (layer: GraphLayer): boolean => snapping(layer) !== null && reachesGrid(layer) && !fused(layer);
  const onGrid = ({layer: name}: Source): boolean => {
    const layer = byName.get(name);
    if (!layer) return false;
    if (passing.has(layer.className)) return layer.calls.every(inputs => inputs.every(onGrid));
    return snapsOutput(layer);
  };

  return new Map(
    graph.layers.map(layer => {
      const {weights, activations} = chosen.get(layer)!;
      const takesFloat = (i: number): boolean => layer.calls.some(inputs => inputs[i] && !onGrid(inputs[i]));
      const inputs = (layer.calls[0] ?? []).map((_, i) => (takesFloat(i) && !fusing.has(layer.className) ? activations : null));
      return [
        layer,
        {
          ...(weights && {scale: 'absMax' as const, ...weights}),
          ...(inputs.some(options => options) && {quantizeInputs: inputs}),
          ...(snapsOutput(layer) && {quantizeOutput: activations}),
        },
      ];
    }),
  );
}

/** What a layer's class can follow of what the recipe says. */
function choiceFor(layer: GraphLayer, recipe: Recipe): LayerChoice {
  const {weights, activations} = choose(recipe, layer);
  return {
    weights: kernels.has(layer.className) ? weights : null,
    activations: quantizedClasses.has(layer.className) ? activations : null,
  };
}

function takesFrom(layer: GraphLayer, source: GraphLayer): boolean {
  return layer.calls.some(inputs => inputs.some(input => input.layer === source.name));
}
