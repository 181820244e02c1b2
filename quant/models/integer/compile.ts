import type {LayersModel} from '@tensorflow/tfjs-layers';
import {FakeQuant} from '../../layers/fake-quant.ts';
import {Pact} from '../../layers/pact.ts';
import {isQuantizedLayer} from '../../layers/quantized-layer.ts';
import {type Graph, type GraphLayer, graphOf, layersOf, type PlacedLayer, type Source} from '../graph.ts';
import type {ActivationGrid} from './activation.ts';
import {factorsOf} from './fixed-point.ts';
import {convolutionOf, expectChannelsLast, type LayerCall, planeOf, poolOf, type Value} from './layer-call.ts';
import {linearParts} from './linear.ts';
import {activationOf, clamped, clampedBy, expectBits, floatFunction, full, gridOf, gridOfQuantizer} from './output-grid.ts';
import type {IntegerStep, LinearStep, Requantization} from './step.ts';

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
  private follower(entry: GraphLayer, call: number): LayerCall | undefined {
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
  private snapInputs({layer, path, inputs}: LayerCall): readonly Value[] {
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

  private compileLayer(call: LayerCall, follower: LayerCall | undefined): Value {
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

  private linear({layer, className, config, path, inputs}: LayerCall, follower: LayerCall | undefined): Value {
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

  private activation(call: LayerCall): Value {
    const {layer, path, inputs} = call;
    const [x] = inputs as [Value];
    const grid = gridOf(layer);
    if (grid) return this.quantize(path, x, clampedBy(call));
    return this.push({op: 'float', name: path, inputs: [x.name], function: floatFunction(activationOf(call), path)}, undefined);
  }

  private join({layer, className, config, path, inputs}: LayerCall, follower: LayerCall | undefined): Value {
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

  private averagePool(call: LayerCall, follower: LayerCall | undefined): Value {
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
