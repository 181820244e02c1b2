import type {layers} from '@tensorflow/tfjs-layers';
import {slicesOf} from '../../affine/granularity.ts';
import {QTensor} from '../../affine/qtensor.ts';
import {countElements} from '../../formats/shape.ts';
import {isQuantizedLayer} from '../../layers/quantized-layer.ts';
import type {Emitter} from './emitter.ts';
import type {Flow} from './graph.ts';
import {emitLinear} from './linear.ts';

type Layer = layers.Layer;
type Shape = readonly (number | null)[];

/** A layer at one place of a model: what flows in, and the shapes there. */
export interface Place {
  readonly layer: Layer;
  readonly inputs: readonly Flow[];
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  /** The codes of the layer's kernel, where it is quantized. */
  readonly quantized?: QTensor | undefined;
}

type Emit = (emitter: Emitter, place: Place) => Flow;

/** What an activation function is in ONNX; the range of those that end in 0 is cut off by unsigned codes that begin there. */
const functions: Readonly<Record<string, (emitter: Emitter, flow: Flow, label: string) => Flow>> = {
  linear: (_, flow) => flow,
  relu: simple('Relu'),
  sigmoid: simple('Sigmoid'),
  tanh: simple('Tanh'),
  elu: simple('Elu'),
  selu: simple('Selu'),
  softplus: simple('Softplus'),
  softsign: simple('Softsign'),
  hardSigmoid: simple('HardSigmoid'),
  relu6: (emitter, flow, label) => clipped(emitter, flow, label, 6),
  softmax: (emitter, flow, label) => simple('Softmax', {axis: -1})(emitter, emitter.withChannels(flow, 'last', label), label),
};

/** Those whose ranges end at 0 below: codes of a grid that begins at 0 cut off by themselves. */
const rectifiers: readonly string[] = ['relu', 'relu6'];

const emitters: Readonly<Record<string, Emit>> = {
  Dense: (emitter, place) => linear(emitter, place),
  Conv2D: (emitter, place) => linear(emitter, place, convolutionOf(place, [3, 2, 0, 1])),
  DepthwiseConv2D: (emitter, place) => linear(emitter, place, convolutionOf(place, [3, 2, 0, 1])),
  BatchNormalization: batchNormalization,
  Activation: (emitter, place) => activated(emitter, place.inputs[0]!, place, String(configOf(place).activation)),
  ReLU: (emitter, place) => {
    const {maxValue} = configOf(place) as {maxValue?: number | null};
    const flow = place.inputs[0]!;
    return named(
      emitter,
      maxValue == null ? functions['relu']!(emitter, flow, nameOf(place)) : clipped(emitter, flow, nameOf(place), maxValue),
      place,
    );
  },
  LeakyReLU: (emitter, place) => {
    const {alpha = 0.3} = configOf(place) as {alpha?: number};
    return named(emitter, simple('LeakyRelu', {alpha: {float: alpha}})(emitter, place.inputs[0]!, nameOf(place)), place);
  },
  Softmax: (emitter, place) => functions['softmax']!(emitter, place.inputs[0]!, nameOf(place)),
  Dropout: (_, place) => place.inputs[0]!,
  Flatten: (emitter, place) => {
    const flow = emitter.withChannels(place.inputs[0]!, 'last', nameOf(place));
    return {...emitter.moved(flow, 'Flatten', nameOf(place), {axis: 1}), rank: 2};
  },
  Reshape: reshape,
  MaxPooling2D: (emitter, place) => {
    const flow = emitter.withChannels(place.inputs[0]!, 'first', nameOf(place));
    return emitter.moved(flow, 'MaxPool', nameOf(place), windowOf(place));
  },
  AveragePooling2D: (emitter, place) => pooled(emitter, place, 'AveragePool', windowOf(place)),
  GlobalAveragePooling2D: (emitter, place) => globallyPooled(emitter, place, 'GlobalAveragePool'),
  GlobalMaxPooling2D: (emitter, place) => globallyPooled(emitter, place, 'GlobalMaxPool'),
  ZeroPadding2D: zeroPadding,
  Add: (emitter, place) => merged(emitter, place, 'Add'),
  Multiply: (emitter, place) => merged(emitter, place, 'Mul'),
  Concatenate: (emitter, place) => {
    const flows = place.inputs.map(flow => emitter.withChannels(flow, 'last', nameOf(place)));
    const {axis = -1} = configOf(place) as {axis?: number};
    const float = emitter.graph.node(
      'Concat',
      flows.map(flow => emitter.numbers(flow, nameOf(place))),
      nameOf(place),
      {axis},
    );
    return named(emitter, {rank: flows[0]!.rank, channels: 'last', float}, place);
  },
};

/** Layers that can be written. */
export const onnxLayers: readonly string[] = Object.keys(emitters);

/** @throws RangeError where ONNX has no such layer, or not in this way */
export function emitLayer(emitter: Emitter, place: Place): Flow {
  const className = place.layer.getClassName();
  const emit = Object.hasOwn(emitters, className) ? emitters[className] : undefined;
  if (!emit)
    throw new RangeError(
      `Expected layers of ${onnxLayers.join(', ')}, got ${place.layer.name} of class ${className}; ${instead(place.layer, className)}`,
    );
  if (configOf(place).dataFormat === 'channelsFirst')
    throw new RangeError(`Expected channels last, got channelsFirst at ${place.layer.name}; build the model with channels last`);
  return emit(emitter, place);
}

function instead(layer: Place['layer'], className: string): string {
  if (isQuantizedLayer(layer)) return 'export what strip() gives, with ranges of activationRanges()';
  if ('layers' in layer) return 'apply its layers one by one in the outer model';
  return `end the model before it, or build it of these${className === 'SeparableConv2D' ? ': a DepthwiseConv2D and a Conv2D' : ''}`;
}

function linear(emitter: Emitter, place: Place, convolution?: ReturnType<typeof convolutionOf>): Flow {
  const {layer, quantized} = place;
  const {useBias = true, activation} = configOf(place) as {useBias?: boolean; activation?: string};
  const [kernel, bias] = layer.getWeights();
  const depthwise = layer.getClassName() === 'DepthwiseConv2D';
  // Depthwise kernels [h, w, inputs, multiplier] → [h, w, 1, inputs · multiplier], as a grouped convolution has them.
  const [height, width, inputs, multiplier] = kernel!.shape as [number, number, number, number];
  const shape = depthwise ? [height, width, 1, inputs * multiplier] : kernel!.shape;
  if (quantized) expectKernel(layer.name, shape, quantized);
  const flow = emitLinear(
    emitter,
    place.inputs[0]!,
    {
      name: layer.name,
      kernel: {values: floatsOf(kernel!), shape},
      quantized: quantized && new QTensor({...quantized, shape}),
      bias: useBias ? floatsOf(bias!) : undefined,
      ...(convolution && {convolution: convolution.attributes}),
      order: convolution?.order ?? [0, 1],
    },
    ['linear', undefined, ...rectifiers].includes(activation) ? layer.name : undefined,
  );
  // Codes are on the layer's own grid: its range begins at 0 behind a rectifier, which thereby is done.
  if (flow.codes !== undefined && flow.grid!.qparams.zeroPoint === flow.grid!.qtype.qmin) return flow;
  return activated(emitter, flow, place, activation ?? 'linear');
}

/** @throws RangeError where codes or scales are not those of the layer's kernel */
function expectKernel(name: string, shape: readonly number[], {size, granularity, scales}: QTensor): void {
  if (size !== countElements(shape) || scales.length !== slicesOf(shape, granularity).count)
    throw new RangeError(
      `Expected the quantized kernel of layer ${name} to have shape [${shape.join(', ')}] and a scale for each of its slices`,
    );
}

function activated(emitter: Emitter, flow: Flow, place: Place, activation: string): Flow {
  const emit = Object.hasOwn(functions, activation) ? functions[activation] : undefined;
  if (!emit)
    throw new RangeError(`Expected an activation of ${Object.keys(functions).join(', ')} in layer ${nameOf(place)}, got ${activation}`);
  const result = emit(emitter, flow, nameOf(place));
  return activation === 'softmax' || result.codes !== undefined ? result : named(emitter, result, place);
}

function named(emitter: Emitter, flow: Flow, place: Place): Flow {
  return emitter.activation(flow, nameOf(place));
}

function simple(
  op: string,
  attributes: Readonly<Record<string, number | {readonly float: number}>> = {},
): (emitter: Emitter, flow: Flow, label: string) => Flow {
  return (emitter, flow, label) => ({
    rank: flow.rank,
    channels: flow.channels,
    float: emitter.graph.node(op, [emitter.numbers(flow, label)], label, attributes),
  });
}

function clipped(emitter: Emitter, flow: Flow, label: string, max: number): Flow {
  const ends = [emitter.graph.floats(`${label}/least`, [0], []), emitter.graph.floats(`${label}/most`, [max], [])];
  return {rank: flow.rank, channels: flow.channels, float: emitter.graph.node('Clip', [emitter.numbers(flow, label), ...ends], label)};
}

function batchNormalization(emitter: Emitter, place: Place): Flow {
  const {axis = -1, scale = true, center = true, epsilon = 1e-3} = configOf(place) as Record<string, never>;
  const input = place.inputs[0]!;
  if (axis !== -1 && axis !== input.rank - 1)
    throw new RangeError(`Expected layer ${nameOf(place)} to normalize its last axis, got ${axis}`);
  const flow = emitter.withChannels(input, 'first', nameOf(place));
  const weights = place.layer.getWeights().map(floatsOf);
  const channels = weights.at(-1)!.length;
  const gamma = scale ? weights.shift()! : new Float32Array(channels).fill(1);
  const beta = center ? weights.shift()! : new Float32Array(channels);
  const constants = [gamma, beta, ...weights].map((values, i) =>
    emitter.graph.floats(`${nameOf(place)}/${['gamma', 'beta', 'mean', 'variance'][i]}`, values),
  );
  const float = emitter.graph.node('BatchNormalization', [emitter.numbers(flow, nameOf(place)), ...constants], nameOf(place), {
    epsilon: {float: epsilon},
  });
  return named(emitter, {rank: flow.rank, channels: flow.channels, float}, place);
}

function reshape(emitter: Emitter, place: Place): Flow {
  const flow = emitter.withChannels(place.inputs[0]!, 'last', nameOf(place));
  const sizes = place.outputShape.slice(1);
  if (sizes.includes(null)) throw new RangeError(`Expected layer ${nameOf(place)} to reshape to known sizes, got [${sizes.join(', ')}]`);
  const shape = emitter.graph.int64s(`${nameOf(place)}/shape`, [-1, ...(sizes as number[])]);
  return {...emitter.moved(flow, 'Reshape', nameOf(place), {}, shape), rank: place.outputShape.length};
}

function pooled(emitter: Emitter, place: Place, op: string, attributes: Readonly<Record<string, string | readonly number[]>> = {}): Flow {
  const flow = emitter.withChannels(place.inputs[0]!, 'first', nameOf(place));
  const float = emitter.graph.node(op, [emitter.numbers(flow, nameOf(place))], nameOf(place), attributes);
  return named(emitter, {rank: flow.rank, channels: 'first', float}, place);
}

function globallyPooled(emitter: Emitter, place: Place, op: string): Flow {
  const flow = emitter.withChannels(place.inputs[0]!, 'first', nameOf(place));
  // [batch, channels, h, w] → [batch, channels, 1, 1] → [batch, channels]
  const small = emitter.graph.node(op, [emitter.numbers(flow, nameOf(place))], nameOf(place));
  return named(emitter, {rank: 2, channels: 'last', float: emitter.graph.node('Flatten', [small], nameOf(place), {axis: 1})}, place);
}

function zeroPadding(emitter: Emitter, place: Place): Flow {
  const [[top, bottom], [left, right]] = configOf(place).padding as [[number, number], [number, number]];
  const flow = emitter.withChannels(place.inputs[0]!, 'first', nameOf(place));
  const pads = emitter.graph.int64s(`${nameOf(place)}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
  const float = emitter.graph.node('Pad', [emitter.numbers(flow, nameOf(place)), pads], nameOf(place));
  return named(emitter, {rank: flow.rank, channels: 'first', float}, place);
}

function merged(emitter: Emitter, place: Place, op: string): Flow {
  const [first, ...others] = place.inputs;
  const flows = [first!, ...others.map(flow => emitter.withChannels(flow, first!.channels, nameOf(place)))];
  const names = flows.map(flow => emitter.numbers(flow, nameOf(place)));
  const float = names.reduce((sum, next) => emitter.graph.node(op, [sum, next], nameOf(place)));
  return named(emitter, {rank: first!.rank, channels: first!.channels, float}, place);
}

interface Config {
  readonly [key: string]: unknown;
}

function configOf({layer}: Place): Config {
  return layer.getConfig() as Config;
}

function nameOf({layer}: Place): string {
  return layer.name;
}

/** A convolution's attributes, and the order that its kernel's axes get. */
function convolutionOf(
  place: Place,
  order: readonly number[],
): {readonly attributes: Readonly<Record<string, number | string | readonly number[]>>; readonly order: readonly number[]} {
  const {dilationRate = 1} = configOf(place) as {dilationRate?: number | readonly number[]};
  const kernel = place.layer.getWeights()[0]!.shape;
  const dilations = pair(dilationRate);
  const group = place.layer.getClassName() === 'DepthwiseConv2D' ? kernel[2]! : 1;
  return {attributes: {...windowOf(place, [kernel[0]!, kernel[1]!], dilations), dilations, group}, order};
}

/** Size, strides and padding of a window that moves over [batch, height, width, channels]. */
function windowOf(
  place: Place,
  size?: readonly number[],
  dilations: readonly number[] = [1, 1],
): Readonly<Record<string, string | readonly number[]>> {
  const config = configOf(place) as {poolSize?: number | readonly number[]; strides?: number | readonly number[]; padding?: string};
  const kernelShape = size ?? pair(config.poolSize!);
  const strides = pair(config.strides ?? kernelShape);
  const common = {kernel_shape: kernelShape, strides};
  if (config.padding !== 'same') return common;
  const sizes = place.inputShapes[0]!.slice(1, 3);
  if (sizes.includes(null)) {
    if (dilations.some(dilation => dilation > 1))
      throw new RangeError(
        `Expected the size of what goes into layer ${nameOf(place)} to be known, for its padding; give inputShape [height, width, …]`,
      );
    return {...common, auto_pad: 'SAME_UPPER'};
  }
  // As many on both sides; the odd one behind, as TensorFlow has it.
  const totals = kernelShape.map((k, i) =>
    Math.max((Math.ceil(sizes[i]! / strides[i]!) - 1) * strides[i]! + (k - 1) * dilations[i]! + 1 - sizes[i]!, 0),
  );
  return {...common, pads: [...totals.map(total => Math.floor(total / 2)), ...totals.map(total => Math.ceil(total / 2))]};
}

function pair(value: number | readonly number[]): readonly number[] {
  return typeof value === 'number' ? [value, value] : value;
}

/** Values that are read at once: exporting is no hot path. */
function floatsOf(tensor: {dataSync(): ArrayLike<number>}): Float32Array<ArrayBuffer> {
  return Float32Array.from(tensor.dataSync());
}
