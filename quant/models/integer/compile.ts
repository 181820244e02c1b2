import type {LayersModel} from '@tensorflow/tfjs-layers';
import {quantizeValue} from '../../affine/quantize.ts';
import {unsigned} from '../../formats/qtype.ts';
import type {ActivationQuantizer} from '../../layers/activation-quantizer.ts';
import {FakeQuant} from '../../layers/fake-quant.ts';
import {Pact} from '../../layers/pact.ts';
import {isQuantizedLayer} from '../../layers/quantized-layer.ts';
import {type Graph, type GraphLayer, graphOf, layersOf, type PlacedLayer, type Source} from '../graph.ts';
import type {ActivationGrid} from './activation.ts';
import {factorsOf} from './fixed-point.ts';
import {linearParts} from './linear.ts';
import type {FloatFunction, IntegerStep, LinearStep, Requantization} from './step.ts';
import type {WindowGeometry} from './windows.ts';

/** A model as integer steps in order. */
export interface IntegerProgram {
  readonly steps: readonly IntegerStep[];
  /** What comes in; −1 in a shape is any length. */
  readonly inputs: readonly {readonly name: string; readonly shape: readonly number[]}[];
  /** Names of what goes out. */
  readonly outputs: readonly string[];
}

/** @throws Error naming the layer that has no integer kind, and what to do */
export function compile(model: LayersModel): IntegerProgram {
  const graph = graphOf(model);
  const inputs = model.inputs.map(({shape}, i) => ({name: graph.inputs[i] ?? model.inputNames[i]!, shape: shape.map(n => n ?? -1)}));
  const steps: IntegerStep[] = [];
  const layers = new Map(layersOf(model).map(({path, layer}) => [path, layer]));
  const bound = new Map(inputs.map(({name}, i): [string, Value] => [graph.inputs[i] ?? '', {name, grid: undefined}]));
  const scope = new Scope(graph, '', '', bound, layers, steps);
  const outputs = graph.outputs.map(source => scope.value(source).name);
  return {steps, inputs, outputs};
}

/** A value within a program; without a grid, float. */
interface Value {
  readonly name: string;
  readonly grid: ActivationGrid | undefined;
}

/** A call of a layer. */
interface Call {
  readonly layer: PlacedLayer['layer'];
  /** Of the plain layer. */
  readonly className: string;
  readonly config: GraphLayer['config'];
  readonly path: string;
  readonly inputs: readonly Value[];
}

/** A model, or one call of a model within it: makes the steps of its layers when what they give is asked for. */
class Scope {
  private readonly values = new Map<string, readonly Value[]>();

  constructor(
    private readonly graph: Graph,
    /** Before the names of its layers, and behind them: `inner/` and `#1` for a second call. */
    private readonly prefix: string,
    private readonly suffix: string,
    private readonly inputs: ReadonlyMap<string, Value>,
    private readonly layers: ReadonlyMap<string, PlacedLayer['layer']>,
    private readonly steps: IntegerStep[],
  ) {}

  value({layer, call, output}: Source): Value {
    const bound = this.inputs.get(layer);
    if (bound) return bound;
    const key = `${layer}#${call}`;
    const known =
      this.values.get(key) ??
      this.compileCall(
        this.graph.layers.find(({name}) => name === layer)!,
        call,
      );
    this.values.set(key, known);
    return known[output]!;
  }

  private compileCall(entry: GraphLayer, call: number): readonly Value[] {
    const inputs = entry.calls[call]!.map(source => this.value(source));
    const {inner} = entry;
    if (inner) {
      const bound = new Map(inputs.map((value, i) => [inner.inputs[i] ?? '', value]));
      const scope = new Scope(inner, `${this.prefix}${entry.name}/`, this.suffix + numbered(call), bound, this.layers, this.steps);
      return inner.outputs.map(source => scope.value(source));
    }
    const layer = this.layers.get(this.prefix + entry.name)!;
    const className = isQuantizedLayer(layer) ? layer.quantizers.plainClassName : entry.className;
    const given = {layer, className, config: entry.config, path: this.pathOf(entry, call), inputs};
    return [this.compileLayer({...given, inputs: this.snapInputs(given)}, this.follower(entry, call))];
  }

  private pathOf({name}: GraphLayer, call: number): string {
    return `${this.prefix}${name}${this.suffix}${numbered(call)}`;
  }

  /** The activation whose grid a layer's sums go to at once: its only consumer, where the layer itself has no grid. */
  private follower(entry: GraphLayer, call: number): Call | undefined {
    const consumers = this.graph.layers.flatMap(next => next.calls.flatMap((inputs, i) => inputs.map(input => ({next, i, input}))));
    const own = consumers.filter(({input}) => input.layer === entry.name && input.call === call);
    const [consumer] = own;
    if (own.length !== 1 || !consumer || consumer.next.inner || this.graph.outputs.some(({layer}) => layer === entry.name))
      return undefined;
    const layer = this.layers.get(this.prefix + consumer.next.name)!;
    const className = isQuantizedLayer(layer) ? layer.quantizers.plainClassName : consumer.next.className;
    const follows = ['Activation', 'ReLU', FakeQuant.className, Pact.className].includes(className) && gridOf(layer) !== undefined;
    return follows ? {layer, className, config: consumer.next.config, path: this.pathOf(consumer.next, consumer.i), inputs: []} : undefined;
  }

  /** What comes in, put on the layer's own grids where it has them. */
  private snapInputs({layer, path, inputs}: Call): readonly Value[] {
    if (!isQuantizedLayer(layer)) return inputs;
    return inputs.map((value, i) => {
      const quantizer = layer.quantizers.inputs[i];
      return quantizer ? this.quantize(`${path}/input${i}`, value, full(gridOfQuantizer(quantizer, path))) : value;
    });
  }

  /** A step from float values, or from codes, to codes. */
  private quantize(name: string, input: Value, output: Requantization): Value {
    const factors = factorsOf(input.grid ? [input.grid.scale / output.grid.scale] : []);
    return this.push({op: 'quantize', name, inputs: [input.name], output: {...output, factors}}, output.grid);
  }

  private push(step: IntegerStep, grid: ActivationGrid | undefined): Value {
    this.steps.push(step);
    return {name: step.name, grid};
  }

  private compileLayer(call: Call, follower: Call | undefined): Value {
    const {className, path, inputs, config} = call;
    const [x] = inputs as [Value];
    const common = {name: path, inputs: inputs.map(({name}) => name)};
    switch (className) {
      case 'Dense':
      case 'Conv2D':
      case 'DepthwiseConv2D':
        return this.linear(call, follower);
      case 'Activation':
      case 'ReLU':
      case FakeQuant.className:
      case Pact.className:
        // Its sums went to its grid at once.
        if (x.name === path) return x;
        return this.activation(call);
      case 'Softmax':
        return this.push({op: 'float', ...common, function: 'softmax'}, undefined);
      case 'Add':
      case 'Concatenate':
        return this.join(call, follower);
      case 'MaxPooling2D':
        return this.push({op: 'maxPool', ...common, geometry: poolOf(call), output: null}, x.grid);
      case 'GlobalMaxPooling2D':
        expectChannelsLast(call);
        return this.push({op: 'maxPool', ...common, geometry: null, output: null}, x.grid);
      case 'AveragePooling2D':
      case 'GlobalAveragePooling2D':
        return this.averagePool(call, follower);
      // What only training does, and an input layer that was added to a sequence by hand.
      case 'AlphaDropout':
      case 'Dropout':
      case 'GaussianDropout':
      case 'GaussianNoise':
      case 'InputLayer':
      case 'SpatialDropout1D':
        return x;
      case 'Flatten':
        return this.push({op: 'reshape', ...common, shape: [-1]}, x.grid);
      case 'Reshape':
        return this.push({op: 'reshape', ...common, shape: (config['targetShape'] as (number | null)[]).map(n => n ?? -1)}, x.grid);
      case 'ZeroPadding2D': {
        expectChannelsLast(call);
        const [rows, columns] = config['padding'] as [[number, number], [number, number]];
        return this.push({op: 'pad', ...common, shape: [...rows, ...columns]}, x.grid);
      }
      case 'BatchNormalization':
        throw new Error(`Expected batch normalizations to be folded, got ${path}; quantize what foldBatchNorm() gives`);
      default:
        throw new Error(
          `Expected layers that have an integer kind, got ${path} of class ${className}; take it out, or end the model before it`,
        );
    }
  }

  private linear({layer, className, config, path, inputs}: Call, follower: Call | undefined): Value {
    const [x] = inputs as [Value];
    if (!isQuantizedLayer(layer) || !layer.quantizers.weights)
      throw new Error(`Expected ${path} to have quantized weights, got float ones; give it bits in the recipe`);
    if (!x.grid) throw new Error(`Expected ${path} to take quantized activations, got float ones; give it activation bits in the recipe`);
    expectBits(layer.quantizers.weights.qtype.bits, `the weights of ${path}`);
    const activation = (config['activation'] as string | undefined) ?? 'linear';
    const own = gridOf(layer);
    const fused = !own && activation === 'linear' ? follower : undefined;
    const output = own ? clamped(own, activation, path) : fused ? clampedBy(fused) : null;
    const float = !output && activation !== 'linear';
    const step: LinearStep = {
      op: className === 'Dense' ? 'dense' : className === 'Conv2D' ? 'conv2d' : 'depthwise',
      name: fused?.path ?? (float ? `${path}/sums` : path),
      inputs: [x.name],
      geometry: className === 'Dense' ? null : convolutionOf({layer, className, config, path, inputs}),
      ...linearParts(layer, x.grid, output),
    };
    const sums = this.push(step, output?.grid);
    return float ? this.push({op: 'float', name: path, inputs: [sums.name], function: floatFunction(activation, path)}, undefined) : sums;
  }

  private activation(call: Call): Value {
    const {layer, path, inputs} = call;
    const [x] = inputs as [Value];
    const grid = gridOf(layer);
    if (grid) return this.quantize(path, x, clampedBy(call));
    return this.push({op: 'float', name: path, inputs: [x.name], function: floatFunction(activationOf(call), path)}, undefined);
  }

  private join({layer, className, config, path, inputs}: Call, follower: Call | undefined): Value {
    const own = gridOf(layer);
    const fused = own ? undefined : follower;
    const output = own ? full(own) : fused ? clampedBy(fused) : null;
    const common = {name: fused?.path ?? path, inputs: inputs.map(({name}) => name), axis: (config['axis'] as number | undefined) ?? -1};
    const op = className === 'Add' ? 'add' : 'concatenate';
    if (!output) return this.push({op, ...common, sumShift: 0, output}, undefined);
    const scales = inputs.map(({grid}) => {
      if (!grid) throw new Error(`Expected ${path} to take quantized activations, got float ones; give it activation bits in the recipe`);
      return grid.scale;
    });
    if (op === 'concatenate') {
      const factors = factorsOf(scales.map(scale => scale / output.grid.scale));
      return this.push({op, ...common, sumShift: 0, output: {...output, factors}}, output.grid);
    }
    // A level has 9 bits with its sign, and as many inputs' sums must fit int32. As TensorFlow Lite's ADD for two: 20 bits more, halved.
    const sumShift = 20;
    const coarsest = inputs.length * Math.max(...scales);
    const factors = factorsOf([...scales.map(scale => scale / coarsest), coarsest / output.grid.scale / 2 ** sumShift]);
    return this.push({op, ...common, sumShift, output: {...output, factors}}, output.grid);
  }

  private averagePool(call: Call, follower: Call | undefined): Value {
    const {layer, className, path, inputs} = call;
    const [x] = inputs as [Value];
    expectChannelsLast(call);
    const global = className === 'GlobalAveragePooling2D';
    const geometry = global ? null : poolOf(call);
    const own = gridOf(layer);
    const fused = own ? undefined : follower;
    const output = own ? full(own) : fused ? clampedBy(fused) : null;
    const common = {op: 'averagePool', name: fused?.path ?? path, inputs: [x.name], geometry} as const;
    if (!output || !x.grid) return this.push({...common, output: null}, undefined);
    const ratio = x.grid.scale / output.grid.scale;
    // Windows at the edge are smaller, of a global pool all are one.
    const counts = geometry ? Array.from({length: geometry.size[0] * geometry.size[1]}, (_, i) => i + 1) : [planeOf(call)];
    return this.push({...common, output: {...output, factors: factorsOf(counts.map(count => ratio / count))}}, output.grid);
  }
}

function numbered(call: number): string {
  return call > 0 ? `#${call}` : '';
}

/** The grid that a layer puts its output on. */
function gridOf(layer: PlacedLayer['layer']): ActivationGrid | undefined {
  const learned = layer instanceof FakeQuant ? layer.high : layer instanceof Pact ? layer.clip : undefined;
  if (learned !== undefined) {
    const qtype = unsigned((layer as FakeQuant | Pact).bits);
    expectBits(qtype.bits, layer.name);
    return {scale: Math.fround(learned / qtype.qmax), zeroPoint: 0, qtype};
  }
  return isQuantizedLayer(layer) && layer.quantizers.output ? gridOfQuantizer(layer.quantizers.output, layer.name) : undefined;
}

function gridOfQuantizer({grid, qtype}: ActivationQuantizer, name: string): ActivationGrid {
  expectBits(qtype.bits, `the activations of ${name}`);
  return {...grid!, qtype};
}

function expectBits(bits: number, what: string): void {
  if (bits > 8) throw new Error(`Expected 2 to 8 bits for integer arithmetic, got ${bits} for ${what}; quantize it to fewer`);
}

/** All codes of a grid. */
function full(grid: ActivationGrid): Requantization {
  return {grid, factors: new Int32Array(), low: grid.qtype.qmin, high: grid.qtype.qmax};
}

/** The codes that an activation function lets through. */
function clamped(grid: ActivationGrid, activation: string, path: string): Requantization {
  const {low, high} = full(grid);
  if (activation === 'linear') return full(grid);
  if (activation !== 'relu' && activation !== 'relu6')
    throw new Error(
      `Expected linear, relu or relu6 between integer layers, got ${activation} at ${path}; give it activations: null at the model's end, or another function`,
    );
  return {
    grid,
    factors: new Int32Array(),
    low: Math.max(low, grid.zeroPoint),
    high: activation === 'relu6' ? Math.min(high, quantizeValue(6, grid, grid.qtype)) : high,
  };
}

function clampedBy(call: Call): Requantization {
  const grid = gridOf(call.layer)!;
  return clamped(grid, activationOf(call), call.path);
}

/** The function of an Activation or ReLU layer. */
function activationOf({className, config, path}: Call): string {
  if (className === 'Activation') return (config['activation'] as string | undefined) ?? 'linear';
  const {maxValue, negativeSlope, threshold} = config as {maxValue?: number | null; negativeSlope?: number; threshold?: number};
  if ((maxValue ?? 6) !== 6 || (negativeSlope ?? 0) !== 0 || (threshold ?? 0) !== 0)
    throw new Error(
      `Expected a ReLU that clips at 0, or at 0 and 6, got ${JSON.stringify({maxValue, negativeSlope, threshold})} at ${path}`,
    );
  return maxValue === 6 ? 'relu6' : 'relu';
}

const floatFunctions: ReadonlySet<string> = new Set<FloatFunction>(['linear', 'relu', 'relu6', 'sigmoid', 'tanh', 'softmax']);

function floatFunction(name: string, path: string): FloatFunction {
  if (!floatFunctions.has(name))
    throw new Error(`Expected ${[...floatFunctions].join(', ')} at the end of an integer model, got ${name} at ${path}`);
  return name as FloatFunction;
}

function convolutionOf(call: Call): WindowGeometry {
  expectChannelsLast(call);
  const {kernelSize, strides, dilationRate, padding} = call.config as unknown as Record<string, unknown>;
  return {size: pair(kernelSize), strides: pair(strides), dilation: pair(dilationRate), padding: padding as 'same' | 'valid'};
}

function poolOf(call: Call): WindowGeometry {
  expectChannelsLast(call);
  const {poolSize, strides, padding} = call.config as unknown as Record<string, unknown>;
  return {size: pair(poolSize), strides: pair(strides), dilation: [1, 1], padding: padding as 'same' | 'valid'};
}

function pair(value: unknown): [number, number] {
  const [first, second] = [value].flat() as number[];
  return [first ?? 1, second ?? first ?? 1];
}

/** Height times width of what comes into a global pool. */
function planeOf({layer, path}: Call): number {
  const shape = layer.inboundNodes[0]!.inputShapes[0] as (number | null)[];
  const [height, width] = shape.slice(1, 3);
  if (!height || !width) throw new Error(`Expected a known height and width before ${path}, got [${shape.join(', ')}]`);
  return height * width;
}

function expectChannelsLast({config, path}: Call): void {
  if (config['dataFormat'] === 'channelsFirst') throw new Error(`Expected channels last, got channelsFirst at ${path}`);
}
