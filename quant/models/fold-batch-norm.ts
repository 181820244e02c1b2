import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {copyWeights, type Graph, type GraphLayer, graphOf, layersOf, modelOf, type PlacedLayer, without} from './graph.ts';

/** What `foldBatchNorm` does with what it cannot fold. */
export interface FoldOptions {
  /** What to do with batch normalizations that cannot be folded: `refuse`, without it, or `keep`. */
  readonly others?: 'refuse' | 'keep';
}

/**
 * A new model in which each batch normalization that follows a Dense, Conv2D or DepthwiseConv2D layer is part of that layer:
 * kernel′ = kernel · γ / √(variance + ε), bias′ = (bias − mean) · γ / √(variance + ε) + β, per output channel. A linear activation may stand between.
 * For inference the outputs are the same up to float32's rounding; in training a folded layer normalizes no more.
 * Source: Jacob et al. 2018, section 3.2.
 * @throws Error naming each normalization that cannot be folded, and why, unless `others` is `keep`
 */
export function foldBatchNorm<Model extends LayersModel>(model: Model, {others = 'refuse'}: FoldOptions = {}): Model {
  const graph = graphOf(model);
  const folds: Fold[] = [];
  const refused: string[] = [];
  const folded = foldGraph(graph, '', folds, refused);
  if (refused.length > 0 && others === 'refuse')
    throw new Error(
      `Expected every batch normalization to follow a layer that can take it in, but ${refused.join('; ')}. {others: 'keep'} leaves these as they are.`,
    );
  const plain = modelOf(folded, model);
  const layers = new Map(layersOf(model).map(({path, layer}) => [path, layer]));
  const foldInto = new Map(folds.map(fold => [fold.into, fold]));
  copyWeights(model, plain, placed => {
    const fold = foldInto.get(placed.path);
    return fold ? foldedWeights(placed, fold, layers.get(fold.norm)!) : placed.layer.weights.map(weight => weight.read());
  });
  return plain as Model;
}

/** Paths of two layers, and the normalization's configuration. */
interface Fold {
  readonly into: string;
  readonly norm: string;
  readonly config: GraphLayer['config'];
}

const foldable: ReadonlySet<string> = new Set(['Dense', 'Conv2D', 'DepthwiseConv2D']);

function foldGraph(graph: Graph, prefix: string, folds: Fold[], refused: string[]): Graph {
  const removed = new Set<string>();
  for (const layer of graph.layers) {
    if (layer.inner) {
      const inner = foldGraph(layer.inner, `${prefix}${layer.name}/`, folds, refused);
      layer.config = inner.config;
    }
    if (layer.className !== 'BatchNormalization') continue;
    const found = findTarget(graph, layer);
    if (typeof found === 'string') {
      refused.push(`${prefix}${layer.name} ${found}`);
      continue;
    }
    const {target, between} = found;
    for (const {name} of [layer, ...between]) removed.add(name);
    folds.push({into: prefix + target.name, norm: prefix + layer.name, config: layer.config});
    target.config = {...target.config, useBias: true};
  }
  return without(graph, removed);
}

/** The layer that can take a normalization in, and the linear activations between; or why there is none. */
function findTarget(graph: Graph, norm: GraphLayer): {readonly target: GraphLayer; readonly between: readonly GraphLayer[]} | string {
  if (norm.calls.length !== 1) return 'is shared';
  const between: GraphLayer[] = [];
  let next = norm;
  for (;;) {
    const before = graph.layers.find(({name}) => name === next.calls[0]?.[0]?.layer);
    if (!before) return 'has no layer before it';
    if (before.calls.length > 1) return `follows ${before.name}, which is shared`;
    const used = graph.layers.flatMap(({calls}) => calls.flat()).filter(({layer}) => layer === before.name).length;
    if (used > 1 || graph.outputs.some(({layer}) => layer === before.name))
      return `follows ${before.name}, whose output is used elsewhere too`;
    const activation = before.config['activation'] ?? 'linear';
    if (activation !== 'linear') return `follows ${before.name}, which ends with ${JSON.stringify(activation)}`;
    if (foldable.has(before.className)) {
      const unfit = axisUnfit(before, norm);
      return unfit ?? {target: before, between};
    }
    if (before.className !== 'Activation') return `follows ${before.name}, of class ${before.className}`;
    between.push(before);
    next = before;
  }
}

function axisUnfit(target: GraphLayer, norm: GraphLayer): string | undefined {
  const axis = (norm.config['axis'] as number | undefined) ?? -1;
  const first = target.config['dataFormat'] === 'channelsFirst';
  // [batch, height, width, channels], or [batch, channels, height, width]; of a Dense layer's output, whose rank is not known here, the last.
  const channels = first ? [1, -3] : target.className === 'Dense' ? [-1, 1] : [-1, 3];
  return channels.includes(axis) ? undefined : `normalizes axis ${axis} and not the output channels of ${target.name}`;
}

function foldedWeights({layer}: PlacedLayer, {config}: Fold, norm: PlacedLayer['layer']): tf.Tensor[] {
  const [kernel, bias] = layer.weights.map(weight => weight.read()) as [tf.Tensor, tf.Tensor?];
  const parameters = norm.weights.map((weight): ArrayLike<number> => weight.read().dataSync());
  const [mean, variance] = parameters.splice(-2) as [ArrayLike<number>, ArrayLike<number>];
  const gamma = config['scale'] === false ? undefined : parameters.shift();
  const beta = config['center'] === false ? undefined : parameters.shift();
  const epsilon = (config['epsilon'] as number | undefined) ?? 1e-3;
  const biases = bias?.dataSync();
  // In float64: the square root of a small variance makes a large factor.
  const factors = Float64Array.from(variance, (v, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(v + epsilon));
  const shifted = Float32Array.from(
    factors,
    (factor, channel) => ((biases?.[channel] ?? 0) - mean[channel]!) * factor + (beta?.[channel] ?? 0),
  );
  // The output channels are the kernel's last axis, of a depthwise kernel the last two; in row-major order both repeat with the same period.
  const scaled = Float32Array.from(kernel.dataSync(), (weight, i) => weight * factors[i % factors.length]!);
  return [tf.tensor(scaled, kernel.shape), tf.tensor1d(shifted)];
}
