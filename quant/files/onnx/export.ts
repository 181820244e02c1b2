import {type LayersModel, model as layersModel, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import type {tf} from '../../../backend/core.ts';
import {perAxis} from '../../affine/granularity.ts';
import type {QTensor} from '../../affine/qtensor.ts';
import {type Quantization, quantize} from '../../affine/quantize.ts';
import {narrowRange, qint8, type QType, quint8} from '../../formats/qtype.ts';
import {minMax, type Range} from '../../observers/observer.ts';
import {Emitter, type OnnxForm} from './emitter.ts';
import {type Flow, GraphBuilder} from './graph.ts';
import {emitLayer} from './layers.ts';
import type {OnnxValue} from './read.ts';
import {writeOnnx} from './write.ts';

/** How `exportOnnx` writes a model of layers. */
export interface OnnxExport {
  /** `qdq` without it. */
  readonly form?: OnnxForm;
  /** What each layer gives on calibration data, by the layer's name, the model's inputs included: see `activationRanges`. */
  readonly ranges?: ReadonlyMap<string, Range>;
  /** The type of activations' codes: quint8 without it, asymmetric. */
  readonly activations?: QType;
  /** How kernels are quantized: int8 without −128, symmetric, without it; a granularity is of the kernel's own axes, and its last axis without one. */
  readonly weights?: Quantization;
  /** Kernels that are quantized already, by the layer's name, in the kernel's shape: by GPTQ, say, or in training. */
  readonly kernels?: ReadonlyMap<string, QTensor>;
}

const linearLayers: readonly string[] = ['Dense', 'Conv2D', 'DepthwiseConv2D'];

/**
 * A model of layers as an ONNX file, which ONNX Runtime runs with integers: see `OnnxForm` for how. Inputs and outputs keep their names and TensorFlow's
 * order of axes, channels last. @throws RangeError where a layer has no counterpart, the form needs a range that is missing, or a kernel is of no layer
 */
export function exportOnnx(model: LayersModel, options: OnnxExport = {}): Uint8Array<ArrayBuffer> {
  const {form = 'qdq', ranges = new Map<string, Range>(), activations = quint8, kernels = new Map<string, QTensor>()} = options;
  const weights = options.weights ?? {qtype: narrowRange(qint8), scheme: 'symmetric'};
  const unknown = [...kernels.keys()].find(
    name => !model.layers.some(layer => layer.name === name && linearLayers.includes(layer.getClassName())),
  );
  if (unknown !== undefined)
    throw new RangeError(`Expected quantized kernels of the model's ${linearLayers.join(', ')} layers, got one for ${unknown}`);
  const graph = new GraphBuilder();
  const emitter = new Emitter(graph, form, ranges, activations);
  const quantizedKernel = (layer: LayersModel['layers'][number]): QTensor | undefined => {
    if (form === 'float' || !linearLayers.includes(layer.getClassName())) return undefined;
    return kernels.get(layer.name) ?? quantizeKernel(layer, weights);
  };
  const done = new Map<SymbolicTensor, Flow>();
  const flowOf = (tensor: SymbolicTensor): Flow => {
    const known = done.get(tensor);
    if (known) return known;
    const layer = tensor.sourceLayer;
    const {inputTensors} = layer.inboundNodes[tensor.nodeIndex]!;
    const flow = emitLayer(emitter, {
      layer,
      inputs: inputTensors.map(flowOf),
      inputShapes: inputTensors.map(({shape}) => shape),
      outputShape: tensor.shape,
      quantized: quantizedKernel(layer),
    });
    done.set(tensor, flow);
    return flow;
  };
  const inputNames = inputNamesOf(model);
  const inputs = model.inputs.map((tensor, i): Required<OnnxValue> => {
    const name = inputNames[i]!;
    done.set(tensor, emitter.activation({rank: tensor.shape.length, channels: 'last', float: name}, name));
    return valueOf(name, tensor);
  });
  const outputs = model.outputs.map((tensor, i): Required<OnnxValue> => {
    const name = `${model.outputNames[i]!}_output`;
    const flow = emitter.withChannels(flowOf(tensor), 'last', name);
    graph.nodes.push({op: 'Identity', name, inputs: [emitter.result(flow, name)], outputs: [name]});
    return valueOf(name, tensor);
  });
  const pieces = writeOnnx({graphName: model.name, inputs, outputs, nodes: graph.nodes, initializers: graph.initializers});
  return new Uint8Array(Buffer.concat([...pieces]));
}

/** The least and the largest number that each layer of a model gives on data, and those of its inputs; by the layer's name. @throws RangeError at NaN */
export function activationRanges(model: LayersModel, data: tf.Tensor | tf.Tensor[]): ReadonlyMap<string, Range> {
  const watched = tensorsOf(model).filter(tensor => !model.inputs.includes(tensor));
  const results = [layersModel({inputs: model.inputs, outputs: watched}).predict(data as tf.Tensor)].flat();
  const rangeOf = (tensor: tf.Tensor): Range => minMax(tensor.dataSync())!;
  const inputNames = inputNamesOf(model);
  try {
    const ranges = new Map<string, Range>([data].flat().map((tensor, i) => [inputNames[i]!, rangeOf(tensor)]));
    results.forEach((tensor, i) => {
      const {name} = watched[i]!.sourceLayer;
      const [range, before] = [rangeOf(tensor), ranges.get(name)];
      // A layer that stands at several places has one range for all.
      ranges.set(name, before ? {min: Math.min(range.min, before.min), max: Math.max(range.max, before.max)} : range);
    });
    return ranges;
  } finally {
    for (const result of results) result.dispose();
  }
}

/** What flows through a model, from its inputs to its outputs. */
function tensorsOf(model: LayersModel): SymbolicTensor[] {
  const found = new Set<SymbolicTensor>(model.inputs);
  const visit = (tensor: SymbolicTensor): void => {
    if (found.has(tensor)) return;
    tensor.sourceLayer.inboundNodes[tensor.nodeIndex]!.inputTensors.forEach(visit);
    found.add(tensor);
  };
  model.outputs.forEach(visit);
  return [...found];
}

/** A scale for each output: the last axis, of a depthwise kernel [h, w, inputs, multiplier] the last two as one. */
function quantizeKernel(layer: LayersModel['layers'][number], weights: Quantization): QTensor {
  const kernel = layer.getWeights()[0]!;
  const depthwise = layer.getClassName() === 'DepthwiseConv2D';
  const [height, width, inputs, multiplier] = kernel.shape as [number, number, number, number];
  const shape = depthwise ? [height, width, 1, inputs * multiplier] : kernel.shape;
  return quantize(kernel.dataSync(), shape, {granularity: perAxis(-1), ...weights});
}

function valueOf(name: string, {shape}: SymbolicTensor): Required<OnnxValue> {
  return {name, dtype: 'FLOAT', shape: shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : `${name}_${axis}`))};
}

/** A sequence of layers names its inputs when it is built, which is when it first computes. */
function inputNamesOf(model: LayersModel): readonly string[] {
  if (!model.built) model.build(model.inputs.map(({shape}) => shape));
  return model.inputNames;
}
