import {quantizeValue} from '../../affine/quantize.ts';
import {unsigned} from '../../formats/qtype.ts';
import type {ActivationQuantizer} from '../../layers/activation-quantizer.ts';
import {FakeQuant} from '../../layers/fake-quant.ts';
import {Pact} from '../../layers/pact.ts';
import {isQuantizedLayer} from '../../layers/quantized-layer.ts';
import type {PlacedLayer} from '../graph.ts';
import type {ActivationGrid} from './activation.ts';
import type {LayerCall} from './layer-call.ts';
import type {FloatFunction, Requantization} from './step.ts';

/** The grid that a layer puts its output on. */
export function gridOf(layer: PlacedLayer['layer']): ActivationGrid | undefined {
  const learned = layer instanceof FakeQuant ? layer.high : layer instanceof Pact ? layer.clip : undefined;
  if (learned !== undefined) {
    const qtype = unsigned((layer as FakeQuant | Pact).bits);
    expectBits(qtype.bits, layer.name);
    return {scale: Math.fround(learned / qtype.qmax), zeroPoint: 0, qtype};
  }
  return isQuantizedLayer(layer) && layer.quantizers.output ? gridOfQuantizer(layer.quantizers.output, layer.name) : undefined;
}

export function gridOfQuantizer({grid, qtype}: ActivationQuantizer, name: string): ActivationGrid {
  expectBits(qtype.bits, `the activations of ${name}`);
  return {...grid!, qtype};
}

export function expectBits(bits: number, what: string): void {
  if (bits > 8) throw new Error(`Expected 2 to 8 bits for integer arithmetic, got ${bits} for ${what}; quantize it to fewer`);
}

/** All codes of a grid. */
export function full(grid: ActivationGrid): Requantization {
  return {grid, factors: new Int32Array(), low: grid.qtype.qmin, high: grid.qtype.qmax};
}

/** The codes that an activation function lets through. */
export function clamped(grid: ActivationGrid, activation: string, path: string): Requantization {
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

export function clampedBy(call: LayerCall): Requantization {
  const grid = gridOf(call.layer)!;
  return clamped(grid, activationOf(call), call.path);
}

/** The function of an Activation or ReLU layer. */
export function activationOf({className, config, path}: LayerCall): string {
  if (className === 'Activation') return (config['activation'] as string | undefined) ?? 'linear';
  const {maxValue, negativeSlope, threshold} = config as {maxValue?: number | null; negativeSlope?: number; threshold?: number};
  if ((maxValue ?? 6) !== 6 || (negativeSlope ?? 0) !== 0 || (threshold ?? 0) !== 0)
    throw new Error(
      `Expected a ReLU that clips at 0, or at 0 and 6, got ${JSON.stringify({maxValue, negativeSlope, threshold})} at ${path}`,
    );
  return maxValue === 6 ? 'relu6' : 'relu';
}

const floatFunctions: ReadonlySet<string> = new Set<FloatFunction>(['linear', 'relu', 'relu6', 'sigmoid', 'tanh', 'softmax']);

export function floatFunction(name: string, path: string): FloatFunction {
  if (!floatFunctions.has(name))
    throw new Error(`Expected ${[...floatFunctions].join(', ')} at the end of an integer model, got ${name} at ${path}`);
  return name as FloatFunction;
}
