import type * as tf from '@tensorflow/tfjs-core';
import {engine, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

type ConfigDict = tf.serialization.ConfigDict;

/** A call of another layer, whose output comes in: its name, which of its calls, which of that call's outputs. */
export interface Source {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** A layer of a model's configuration: changing `className` and `config` changes the model that is made of it. */
export interface GraphLayer {
  readonly name: string;
  className: string;
  config: ConfigDict;
  /** For each call of the layer, where its inputs come from; an input layer has none. */
  readonly calls: readonly (readonly Source[])[];
  /** The layers of a model within the model. */
  readonly inner: Graph | undefined;
}

/** A model's layers, from its configuration. */
export interface Graph {
  readonly layers: readonly GraphLayer[];
  /** The names of its input layers; none in a sequence, whose first layer takes from ''. */
  readonly inputs: readonly string[];
  /** What the model puts out. */
  readonly outputs: readonly Source[];
  /** What `LayersModel.fromConfig` takes; the entries are the layers' own. */
  readonly config: ConfigDict;
}

/** What tfjs writes for a layer within a model. */
interface Entry {
  readonly name?: string;
  className: string;
  config: ConfigDict;
  inboundNodes?: Node[][];
}

type Node = readonly [name: string, node: number, output: number, kwargs?: unknown];

/** The graph of a model, as new objects. @throws Error for a model that was never built */
export function graphOf(model: LayersModel): Graph {
  if (model.layers.length === 0 || !layersOf(model).every(({layer}) => layer.built))
    throw new Error(`Expected ${model.name} to be built, so that its layers have weights; give its first layer an inputShape`);
  return graphOfConfig(model.getConfig() as ConfigDict);
}

function graphOfConfig(config: ConfigDict): Graph {
  const entries = config['layers'] as unknown as Entry[];
  const functional = 'outputLayers' in config;
  // A model's first node is the model itself: in tfjs's configurations its calls count from 1.
  const models = new Set(entries.filter(entry => 'layers' in entry.config).map(nameOf));
  const sourceOf = ([name, node, output]: Node): Source => source(name, models.has(name) ? node - 1 : node, output);
  const layers = entries.map((entry, i): GraphLayer => {
    const previous = entries[i - 1];
    const chain = previous ? [[source(nameOf(previous), 0, 0)]] : [[source('', 0, 0)]];
    return {
      name: nameOf(entry),
      get className() {
        return entry.className;
      },
      set className(name) {
        entry.className = name;
      },
      get config() {
        return entry.config;
      },
      set config(config) {
        entry.config = config;
      },
      calls: functional ? entry.inboundNodes!.map(inputs => inputs.map(sourceOf)) : chain,
      inner: 'layers' in entry.config ? graphOfConfig(entry.config) : undefined,
    };
  });
  const outputs = functional ? (config['outputLayers'] as unknown as Node[]).map(sourceOf) : [source(layers.at(-1)!.name, 0, 0)];
  const inputs = functional ? (config['inputLayers'] as unknown as Node[]).map(([name]) => name) : [];
  return {layers, inputs, outputs, config};
}

/** The graph without some layers, each of which is called once with one input: what took from them takes from that input's layer. */
export function without(graph: Graph, removed: ReadonlySet<string>): Graph {
  const entries = graph.config['layers'] as unknown as Entry[];
  const inputs = new Map(entries.map(entry => [nameOf(entry), entry.inboundNodes?.[0]?.[0]]));
  const kept = ([layer, ...rest]: Node): Node => (removed.has(layer) ? kept(inputs.get(layer)!) : [layer, ...rest]);
  const config = {
    ...graph.config,
    layers: entries
      .filter(entry => !removed.has(nameOf(entry)))
      .map(entry => ({...entry, ...(entry.inboundNodes && {inboundNodes: entry.inboundNodes.map(nodes => nodes.map(kept))})})),
    ...('outputLayers' in graph.config && {
      outputLayers: (graph.config['outputLayers'] as unknown as Node[]).map(node => kept(node).slice(0, 3)),
    }),
  };
  return graphOfConfig(config as unknown as ConfigDict);
}

function nameOf({name, config}: Entry): string {
  return name ?? (config['name'] as string);
}

function source(layer: string, call: number, output: number): Source {
  return {layer, call, output};
}

/** A new model of a graph's configuration, with fresh weights. Where a layer refuses its configuration, those before it leave no weights behind. */
export function modelOf(graph: Graph, like: LayersModel): LayersModel {
  const cls = like.constructor as unknown as {fromConfig(cls: unknown, config: ConfigDict): LayersModel};
  const {registeredVariables} = engine();
  const before = new Set(Object.keys(registeredVariables));
  try {
    return cls.fromConfig(cls, graph.config);
  } catch (error) {
    for (const [name, variable] of Object.entries(registeredVariables)) if (!before.has(name)) variable.dispose();
    throw error;
  }
}

/** Lets go of a model and all of its weights; by itself, tfjs keeps those of a layer that stands at several places. */
export function disposeAll(model: LayersModel): void {
  const weights = layersOf(model).flatMap(({layer}) => layer.weights.map(weight => weight.read()));
  model.dispose();
  for (const weight of weights) if (!weight.isDisposed) weight.dispose();
}

/** Gives each layer the weights of the layer of the same path, or those that `weightsFor` says; more that it has of its own stay. */
export function copyWeights(
  from: LayersModel,
  to: LayersModel,
  weightsFor: (layer: PlacedLayer) => tf.Tensor[] = ({layer}) => layer.weights.map(weight => weight.read()),
): void {
  const sources = new Map(layersOf(from).map(placed => [placed.path, placed]));
  for (const {path, layer} of layersOf(to)) {
    const source = sources.get(path);
    if (source) tidy(() => weightsFor(source).forEach((weight, i) => layer.weights[i]!.write(weight)));
  }
}

/** A layer of a model by its name, also within models within it: `inner/dense`. */
export interface PlacedLayer {
  readonly path: string;
  readonly layer: LayersModel['layers'][number];
}

/** Every layer of a model that is no model itself, those of models within it by path; a layer that is there twice, once. */
export function layersOf(model: LayersModel, prefix = ''): PlacedLayer[] {
  const found = model.layers.flatMap((layer): PlacedLayer[] =>
    'layers' in layer ? layersOf(layer as LayersModel, `${prefix}${layer.name}/`) : [{path: prefix + layer.name, layer}],
  );
  return found.filter(({layer}, i) => found.findIndex(other => other.layer === layer) === i);
}
