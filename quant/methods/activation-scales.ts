import type {QTensor} from '../affine/qtensor.ts';
import {quantize, type Quantization} from '../affine/quantize.ts';
import type {LinearWeights} from './gptq.ts';

/** Activations [samples, inputs], row-major: what goes into a layer on calibration data. */
export type Activations = ArrayLike<number>;

/**
 * SmoothQuant's factors: activations are divided by s and weights multiplied with it, input by input, so that the product stays and outliers move from
 * activations to weights: s = absMax(x)^α / absMax(w)^(1 − α), at least 10⁻⁵; 1 for an input that is always 0.
 * Source: Xiao et al. 2023, SmoothQuant, equation 4.
 * @param alpha the migration strength: 0 leaves all difficulty in the activations' place, 1 takes it all to the weights
 * @throws RangeError where activations are no whole number of rows, or alpha is outside 0 to 1
 */
export function smoothingScales(activations: Activations, weights: LinearWeights, alpha = 0.5): Float32Array<ArrayBuffer> {
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`Expected alpha from 0 to 1, got ${alpha}`);
  const x = columnsOf(activations, weights.inputs, (max, value) => Math.max(max, Math.abs(value)));
  const w = columnsOf(weights.data, weights.inputs, (max, value) => Math.max(max, Math.abs(value)));
  return Float32Array.from(x, (absMax, i) => (absMax === 0 || w[i] === 0 ? 1 : Math.max(absMax ** alpha / w[i]! ** (1 - alpha), 1e-5)));
}

/** Weights whose inputs are multiplied with `scales`: [outputs, inputs] · [inputs]. @throws RangeError where there is not a scale for each input */
export function scaleInputs({outputs, inputs, data}: LinearWeights, scales: ArrayLike<number>): LinearWeights {
  if (scales.length !== inputs) throw new RangeError(`Expected a scale for each of ${inputs} inputs, got ${scales.length}`);
  return {outputs, inputs, data: data.map((value, i) => value * scales[i % inputs]!)};
}

/** What `awq` gives. */
export interface AwqResult {
  /** What each input's weights were multiplied with before quantization, and its activations are to be divided by. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** The scaled weights. */
  readonly quantized: QTensor;
  /** The mean squared error of the layer's output on the calibration data. */
  readonly loss: number;
  /** The exponent that was best: 0 leaves the weights as they are. */
  readonly ratio: number;
}

/**
 * Activation-aware weight quantization: inputs whose activations are large on average get finer steps, by scaling their weights up before rounding;
 * of `steps` exponents of the mean magnitude the one with the least output error is kept.
 * Source: Lin et al. 2024, AWQ: Activation-aware Weight Quantization, section 3.2.
 * @throws RangeError where activations are no whole number of rows, or the quantization does not fit the weights
 */
export function awq(activations: Activations, weights: LinearWeights, quantization: Quantization, steps = 20): AwqResult {
  const {outputs, inputs, data} = weights;
  const samples = activations.length / inputs;
  const means = columnsOf(activations, inputs, (sum, value) => sum + Math.abs(value)).map(sum => sum / samples);
  let best: AwqResult | undefined;
  for (let step = 0; step < steps; step++) {
    const ratio = step / steps;
    const scales = normalized(means.map(mean => Math.max(mean ** ratio, 1e-4)));
    const quantized = quantize(scaleInputs(weights, scales).data, [outputs, inputs], quantization);
    const restored = quantized.dequantize().map((value, i) => value / scales[i % inputs]!);
    const loss = outputError(activations, inputs, data, restored);
    if (!best || loss < best.loss) best = {scales, quantized, loss, ratio};
  }
  if (!best) throw new RangeError(`Expected at least one step of the search, got ${steps}`);
  return best;
}

/** The mean of (x·wᵀ − x·ŵᵀ)² over samples and outputs. */
export function outputError(activations: Activations, inputs: number, weights: ArrayLike<number>, restored: ArrayLike<number>): number {
  const samples = activations.length / inputs;
  const outputs = weights.length / inputs;
  const differences = Float64Array.from(weights, (value, i) => value - restored[i]!);
  let sum = 0;
  for (let sample = 0; sample < samples; sample++)
    for (let output = 0; output < outputs; output++) {
      let difference = 0;
      for (let i = 0; i < inputs; i++) difference += activations[sample * inputs + i]! * differences[output * inputs + i]!;
      sum += difference * difference;
    }
  return sum / (samples * outputs);
}

/** Divided by the geometric mean of the largest and the smallest, so that weights keep their size about. */
function normalized(scales: Float64Array): Float32Array<ArrayBuffer> {
  const middle = Math.sqrt(scales.reduce((a, b) => Math.max(a, b), 0) * scales.reduce((a, b) => Math.min(a, b), Infinity));
  return Float32Array.from(scales, scale => scale / middle);
}

function columnsOf(values: ArrayLike<number>, columns: number, join: (state: number, value: number) => number): Float64Array {
  if (values.length === 0 || values.length % columns !== 0)
    throw new RangeError(`Expected rows of ${columns} activations, one for each input, got ${values.length} values`);
  const state = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new RangeError(`Expected finite values, got ${values[i]} at ${i}`);
    state[i % columns] = join(state[i % columns]!, values[i]!);
  }
  return state;
}
