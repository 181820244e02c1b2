import type * as tf from '@tensorflow/tfjs-core';
import {type LayersModel, model as modelOf, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {countElements} from '../formats/shape.ts';
import {activationQuantizers, isQuantizedLayer} from '../layers/quantized-layer.ts';
import {toFloat} from '../models/integer/activation.ts';
import {IntegerModel} from '../models/integer/integer-model.ts';
import type {IntegerStep} from '../models/integer/step.ts';
import type {ComparableModel} from './models.ts';

/** What a layer or a model puts out, [batch, …], in float. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A layer of a probed model. Weights that several calls share count at the first. */
export interface ProbedLayer {
  /** Its class, or its operation and type of weights. */
  readonly type: string;
  readonly elements: number;
  readonly bytes: number;
}

/** A model that can be asked what its layers put out. */
export interface Probe {
  /** In the model's order, by the layer's name; of a second call, with `#1`. */
  readonly layers: ReadonlyMap<string, ProbedLayer>;
  readonly elements: number;
  readonly bytes: number;
  /** How to run a batch for what the named layers put out, and the model. Running makes tensors that are to be disposed. */
  asking(names: readonly string[]): (batch: tf.Tensor[]) => Answer;
}

/** What the layers that were asked for put out, and what the model does. */
export interface Answer {
  readonly layers: readonly Values[];
  readonly outputs: readonly Values[];
}

/** How to ask a model, by its kind: of one that only predicts, what it puts out in the end. */
export function probeOf(model: ComparableModel): Probe {
  if (model instanceof IntegerModel) return integerProbe(model);
  if ('layers' in model && 'inputs' in model && 'outputs' in model) return layersProbe(model as LayersModel);
  const run = (batch: tf.Tensor[]): Answer => ({layers: [], outputs: [model.predict(alone(batch))].flat().map(valuesOf)});
  return {layers: new Map(), elements: 0, bytes: model.byteLength ?? 0, asking: () => run};
}

type Layer = LayersModel['layers'][number];

function layersProbe(model: LayersModel): Probe {
  const outputs = layerOutputs(model);
  const counted = new Set<Layer>();
  const layers = [...outputs].map(([name, {sourceLayer: layer}]): [string, ProbedLayer] => {
    const first = !counted.has(layer);
    counted.add(layer);
    return [name, {type: layer.getClassName(), elements: first ? weightsOf(layer) : 0, bytes: first ? layerBytes(layer) : 0}];
  });
  return {
    layers: new Map(layers),
    elements: weightsOf(model),
    bytes: layerBytes(model),
    asking(names) {
      const wanted = [...names.map(name => outputs.get(name)!), ...model.outputs];
      // A model cannot have the same output twice.
      const distinct = [...new Set(wanted)];
      const probe = modelOf({inputs: model.inputs, outputs: distinct});
      return batch => {
        const computed = [probe.predict(alone(batch))].flat().map(valuesOf);
        const all = wanted.map(tensor => computed[distinct.indexOf(tensor)]!);
        return {layers: all.slice(0, names.length), outputs: all.slice(names.length)};
      };
    },
  };
}

/** What each layer puts out in this model, in the layers' order. */
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
    tensors.forEach((tensor, i) => outputs.set(i === 0 ? layer.name : `${layer.name}#${i}`, tensor));
  }
  return outputs;
}

/** How many weights, without what quantizers keep beside them: ranges of activations, learned scales. */
function weightsOf(layer: Layer): number {
  if ('layers' in layer) return (layer as LayersModel).layers.reduce((sum, inner) => sum + weightsOf(inner), 0);
  if (!isQuantizedLayer(layer)) return layer.countParams();
  const {weights, kernel} = layer.quantizers;
  const scales = weights && kernel && weights.scale === 'learned' ? sizeOf(weights.scaleShape(kernel.shape)) : 0;
  return layer.countParams() - 2 * activationQuantizers(layer).length - scales;
}

/** Of a quantized layer, the bytes of its packed codes, float32 scales and what stays float; of any other, four for each weight. */
function layerBytes(layer: Layer): number {
  if ('layers' in layer) return (layer as LayersModel).layers.reduce((sum, inner) => sum + layerBytes(inner), 0);
  // A layer that packs its weights says what they take.
  if ('byteLength' in layer && typeof layer.byteLength === 'number') return layer.byteLength;
  const all = 4 * layer.weights.reduce((sum, {shape}) => sum + sizeOf(shape), 0);
  if (!isQuantizedLayer(layer)) return all;
  const {weights, kernel} = layer.quantizers;
  if (!weights || !kernel) return all;
  const codes = Math.ceil((sizeOf(kernel.shape) * weights.qtype.bits) / 8);
  // Learned scales are among the weights already.
  const scales = weights.scale === 'learned' ? 0 : 4 * sizeOf(weights.scaleShape(kernel.shape));
  return all - 4 * sizeOf(kernel.shape) + codes + scales;
}

function integerProbe(model: IntegerModel): Probe {
  const counted = new Set<unknown>();
  const map = new Map<string, ProbedLayer>();
  let elements = 0;
  for (const step of model.steps) {
    const arrays = arraysOf(step).filter(array => !counted.has(array));
    arrays.forEach(array => counted.add(array));
    // `dense/sums` is the rest of what `dense` does.
    const [name] = step.name.split('/') as [string];
    const before = map.get(name) ?? {type: '', elements: 0, bytes: 0};
    const own = 'kernel' in step && arrays.includes(step.kernel) ? step.kernel.size + step.bias.length : 0;
    elements += own;
    map.set(name, {
      type: before.type || ('kernel' in step ? `${step.op} ${step.kernel.qtype.name}` : step.name === name ? step.op : ''),
      elements: before.elements + own,
      bytes: arrays.reduce((sum, {byteLength}) => sum + byteLength, before.bytes),
    });
  }
  // Of a model within the model no step has the name.
  for (const name of map.keys()) if (!model.steps.some(step => step.name === name)) map.delete(name);
  return {
    layers: map,
    elements,
    bytes: model.byteLength,
    asking: names => batch => {
      const values = model.run(batch.map(tensor => ({...valuesOf(tensor), grid: undefined})));
      const read = (name: string): Values => {
        const {shape, data} = toFloat(values.get(name)!);
        return {shape, data: Float32Array.from(data)};
      };
      return {layers: names.map(read), outputs: model.outputs.map(read)};
    },
  };
}

/** What of a step takes memory, as `IntegerModel.byteLength` counts it. */
function arraysOf(step: IntegerStep): readonly {readonly byteLength: number}[] {
  const factors = 'output' in step && step.output ? [step.output.factors] : [];
  return 'kernel' in step ? [step.kernel, step.bias, ...factors] : factors;
}

function valuesOf(tensor: tf.Tensor): Values {
  return {shape: tensor.shape, data: Float32Array.from(tensor.dataSync())};
}

function alone(batch: tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  return batch.length === 1 ? batch[0]! : batch;
}

function sizeOf(shape: readonly (number | null)[]): number {
  return countElements(shape.map(n => n ?? 0));
}
