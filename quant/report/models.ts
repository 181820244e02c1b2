import * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, model as modelOf, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {countElements} from '../formats/shape.ts';
import {isQuantizedLayer} from '../layers/quantized-layer.ts';
import {ErrorMeasure} from './errors.ts';
import {type Accuracy, Report, type ReportPart} from './report.ts';

/** Examples that both models are asked about. */
export interface ModelData {
  /** [examples, …]; a list where a model has several inputs. */
  readonly inputs: tf.Tensor | readonly tf.Tensor[];
  /** The right class of each example, 0, 1, …, or one-hot rows [examples, classes]: with them, accuracy is measured on the first output. */
  readonly labels?: ArrayLike<number> | tf.Tensor;
  /** Examples that are run together: 32 without it. */
  readonly batchSize?: number;
}

/** A `tf.LayersModel`, or anything that predicts as one. */
export interface ComparableModel {
  readonly name?: string;
  /** Bytes of its weights as they are shipped. Of a model of layers they are counted layer by layer. */
  readonly byteLength?: number;
  predict(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[];
}

type Layer = LayersModel['layers'][number];

/**
 * Compares what two models put out for the same examples: in the end, and after each layer that both have under the same name and with the same shape.
 * Bytes are those of the codes and scales of quantized layers, and four for each weight that stays float.
 * @throws RangeError where the models' outputs or the labels do not fit
 */
export async function compareModels(original: ComparableModel, quantized: ComparableModel, data: ModelData): Promise<Report> {
  const [before, after] = [original, quantized].map(model =>
    isLayersModel(model) ? layerOutputs(model) : new Map<string, SymbolicTensor>(),
  );
  const common = [...before!.keys()].filter(name => after!.get(name)?.shape.join() === before!.get(name)!.shape.join());
  const run = [runner(original, common, before!), runner(quantized, common, after!)] as const;
  const errors = common.map(() => new ErrorMeasure());
  const all = new ErrorMeasure();
  const labels = data.labels && classesOf(data.labels);
  const right = [0, 0];
  const examples = forEachBatch(data, (batch, from) => {
    const [expected, actual] = run.map(model => model(batch)) as [tf.Tensor[], tf.Tensor[]];
    if (expected.map(shapeOf).join('; ') !== actual.map(shapeOf).join('; '))
      throw new RangeError(
        `Expected both models to put out the same shapes, got ${expected.map(shapeOf).join('; ')} and ${actual.map(shapeOf).join('; ')}`,
      );
    expected.forEach((tensor, i) => (errors[i] ?? all).add(tensor.dataSync(), actual[i]!.dataSync()));
    if (labels)
      [expected, actual].forEach((outputs, i) => {
        right[i]! += countRight(outputs[common.length]!, labels, from);
      });
  });
  if (examples === 0) throw new RangeError('Expected at least one example, got none');
  if (labels && labels.length !== examples) throw new RangeError(`Expected ${examples} labels, one an example, got ${labels.length}`);
  const accuracy: Accuracy | undefined = labels && {original: right[0]! / examples, quantized: right[1]! / examples, examples};
  const parts = partsOf(original, quantized, new Map(common.map((name, i) => [name, errors[i]!])));
  const elements = isLayersModel(original) ? original.countParams() : 0;
  return new Report({
    title: `${original.name ?? 'original'} → ${quantized.name ?? 'quantized'}`,
    of: 'outputs',
    parts,
    errors: all,
    elements,
    originalBytes: bytesOf(original),
    bytes: bytesOf(quantized),
    ...(accuracy && {accuracy}),
    onlyOriginal: [...before!.keys()].filter(name => !common.includes(name)),
    onlyOther: [...after!.keys()].filter(name => !common.includes(name)),
  });
}

export function isLayersModel(model: ComparableModel): model is LayersModel {
  return 'layers' in model && 'inputs' in model && 'outputs' in model;
}

/** What each layer puts out in this model, in the layers' order: by the layer's name, with a number where it is used or puts out more than once. */
function layerOutputs(model: LayersModel): Map<string, SymbolicTensor> {
  const found = new Map<Layer, Set<SymbolicTensor>>();
  const visit = (tensor: SymbolicTensor): void => {
    const own = found.get(tensor.sourceLayer) ?? new Set();
    if (own.has(tensor)) return;
    found.set(tensor.sourceLayer, own.add(tensor));
    tensor.inputs.forEach(visit);
  };
  model.outputs.forEach(visit);
  const outputs = new Map<string, SymbolicTensor>();
  for (const layer of model.layers) {
    if (layer.getClassName() === 'InputLayer') continue;
    const tensors = [...(found.get(layer) ?? [])].sort((a, b) => a.id - b.id);
    tensors.forEach((tensor, i) => outputs.set(tensors.length === 1 ? layer.name : `${layer.name} ${i + 1}`, tensor));
  }
  return outputs;
}

/** Gives the outputs of the named layers, then those of the model. */
function runner(
  model: ComparableModel,
  names: readonly string[],
  outputs: ReadonlyMap<string, SymbolicTensor>,
): (batch: tf.Tensor[]) => tf.Tensor[] {
  if (!isLayersModel(model)) return batch => [model.predict(alone(batch))].flat();
  const wanted = [...names.map(name => outputs.get(name)!), ...model.outputs];
  // A model cannot have the same output twice.
  const distinct = [...new Set(wanted)];
  const probe = modelOf({inputs: model.inputs, outputs: distinct});
  return batch => {
    const computed = [probe.predict(alone(batch))].flat();
    return wanted.map(tensor => computed[distinct.indexOf(tensor)]!);
  };
}

function alone(batch: tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  return batch.length === 1 ? batch[0]! : batch;
}

/** Calls `visit` with each batch of the inputs, whose tensors live as long as the call. Gives the number of examples. */
function forEachBatch({inputs, batchSize = 32}: ModelData, visit: (batch: tf.Tensor[], from: number) => void): number {
  const all = Array.isArray(inputs) ? (inputs as readonly tf.Tensor[]) : [inputs as tf.Tensor];
  const examples = all[0]?.shape[0] ?? 0;
  if (all.some(({shape}) => shape[0] !== examples))
    throw new RangeError(`Expected inputs of as many examples each, got ${all.map(({shape}) => shape[0] ?? 0).join(', ')}`);
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`Expected a whole batch size above 0, got ${batchSize}`);
  for (let from = 0; from < examples; from += batchSize)
    tf.tidy(() => {
      const size = Math.min(batchSize, examples - from);
      visit(
        all.map(tensor => tf.slice(tensor, from, size)),
        from,
      );
    });
  return examples;
}

/** Classes as they are, or the largest of each one-hot row. */
function classesOf(labels: ArrayLike<number> | tf.Tensor): ArrayLike<number> {
  if (!(labels instanceof tf.Tensor)) return labels;
  return tf.tidy(() => (labels.rank > 1 ? tf.argMax(labels, -1) : labels).dataSync());
}

/** How many rows of [examples, classes] are largest at the label; of [examples, 1], above one half where the label is 1. */
function countRight(scores: tf.Tensor, labels: ArrayLike<number>, from: number): number {
  const predicted = (scores.shape.at(-1) === 1 ? tf.greater(tf.reshape(scores, [-1]), 0.5) : tf.argMax(scores, -1)).dataSync();
  return Array.from(predicted).filter((label, i) => label === labels[from + i]).length;
}

/** A part for each layer with an output that was compared, or with weights. */
function partsOf(original: ComparableModel, quantized: ComparableModel, errors: ReadonlyMap<string, ErrorMeasure>): ReportPart[] {
  if (!isLayersModel(original) || !isLayersModel(quantized)) return [];
  const outputs = layerOutputs(original);
  const counted = new Set<string>();
  return [...errors].map(([name, measure]) => {
    const {sourceLayer, shape} = outputs.get(name)!;
    const other = quantized.layers.find(layer => layer.name === sourceLayer.name)!;
    // A layer that is used twice has its weights once.
    const first = !counted.has(sourceLayer.name);
    counted.add(sourceLayer.name);
    return {
      name,
      shape: shape.slice(1).map(n => n ?? 0),
      originalType: sourceLayer.getClassName(),
      type: other.getClassName(),
      elements: first ? sourceLayer.countParams() : 0,
      originalBytes: first ? layerBytes(sourceLayer) : 0,
      bytes: first ? layerBytes(other) : 0,
      errors: measure,
    };
  });
}

function bytesOf(model: ComparableModel): number {
  if (typeof model.byteLength === 'number') return model.byteLength;
  return isLayersModel(model) ? model.layers.reduce((sum, layer) => sum + layerBytes(layer), 0) : 0;
}

/** Of a quantized layer, the bytes of its packed codes, float32 scales and what stays float; of any other, four for each weight. */
function layerBytes(layer: Layer): number {
  if ('layers' in layer) return (layer as LayersModel).layers.reduce((sum, inner) => sum + layerBytes(inner), 0);
  const all = 4 * layer.weights.reduce((sum, {shape}) => sum + sizeOf(shape), 0);
  if (!isQuantizedLayer(layer)) return all;
  const {weights, kernel} = layer.quantizers;
  if (!weights || !kernel) return all;
  const codes = Math.ceil((sizeOf(kernel.shape) * weights.qtype.bits) / 8);
  // Learned scales are among the weights already.
  const scales = weights.scale === 'learned' ? 0 : 4 * sizeOf(weights.scaleShape(kernel.shape));
  return all - 4 * sizeOf(kernel.shape) + codes + scales;
}

function sizeOf(shape: readonly (number | null)[]): number {
  return countElements(shape.map(n => n ?? 0));
}

function shapeOf({shape}: tf.Tensor): string {
  return `[${shape.slice(1).join(', ')}]`;
}
