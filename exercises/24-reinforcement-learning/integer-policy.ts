import {expectCodes, expectFinite, expectRecord} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {isTensorData, type Plain} from '../../session/wire/plain.ts';
import type {IntegerLayer} from './interface.ts';

/** Runs integer layers as a device would: states [carts · inputs] → both scores of each cart [carts · 2]. */
export function scores(layers: readonly IntegerLayer[], states: Float32Array): Float64Array {
  let flowing: ArrayLike<number> = states;
  layers.forEach(({inputs, outputs, inputScales, codes, scales, bias}, layer) => {
    const rows = flowing.length / inputs;
    const y = new Float64Array(rows * outputs);
    const sums = new Int32Array(outputs);
    for (let row = 0; row < rows; row++) {
      sums.set(bias);
      for (let i = 0; i < inputs; i++) {
        const q = Math.min(127, Math.max(-127, Math.round(flowing[row * inputs + i]! / inputScales[i]!)));
        if (q !== 0) for (let j = 0; j < outputs; j++) sums[j]! += q * codes[i * outputs + j]!;
      }
      for (let j = 0; j < outputs; j++) {
        const value = sums[j]! * scales[j]!;
        y[row * outputs + j] = layer < layers.length - 1 ? Math.max(0, value) : value;
      }
    }
    flowing = y;
  });
  return flowing as Float64Array;
}

/** The push of each cart: 1 where the second score is the higher one. */
export function actions(layers: readonly IntegerLayer[], states: Float32Array): Int32Array {
  const both = scores(layers, states);
  return Int32Array.from({length: both.length / 2}, (_, cart) => (both[2 * cart + 1]! > both[2 * cart]! ? 1 : 0));
}

/** How the layers of a drawn policy look. */
export interface LayersChoice {
  readonly widths: readonly number[];
  /** The largest scale of the last layer's outputs over the least; 1 without it. */
  readonly apart?: number;
  /** What comes into hidden layers lies mostly outside of their grids. */
  readonly narrow?: boolean;
  /** The first input pulls the scores of a last layer apart as far as it can; with inputs that are balanced, the bias then holds against it. */
  readonly pulled?: boolean;
}

/** Integer layers that steer nothing: codes, scales and biases drawn, each layer's output covering the next one's grid. */
export function drawLayers(draw: Draw, {widths, apart = 1, narrow = false, pulled = false}: LayersChoice): IntegerLayer[] {
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer]!;
    const last = layer === widths.length - 2;
    // An input's code is about 45 large, a weight's 73.
    const typical = Math.sqrt(inputs) * 45 * 73;
    const scale = draw.uniform(0.5, 2) / typical;
    const reversed = draw.pick([true, false]);
    return {
      inputs,
      outputs,
      // After a layer values are about 1 large: half of the grid.
      inputScales: Float32Array.from(
        {length: inputs},
        () => (layer === 0 ? 10 ** draw.uniform(-2, 2) : draw.uniform(1, 3) / (narrow ? 6 : 1)) / 90,
      ),
      codes: Int8Array.from({length: inputs * outputs}, (_, at) =>
        pulled && last && at < outputs ? (at === 1 ? 127 : -127) : draw.integer(-127, 127),
      ),
      scales: Float32Array.from({length: outputs}, (_, j) => scale * (last && (j === 0) === reversed ? apart : 1)),
      bias: Int32Array.from({length: outputs}, () => Math.round(draw.normal(0, typical / 2))),
    };
  });
}

/** Balances the two scores over the states, so that no push is the answer to all, and lowers both by as much as `below` of their spread. */
export function balanced(layers: readonly IntegerLayer[], states: Float32Array, below = 0): IntegerLayer[] {
  const both = scores(layers, states);
  const differences = Array.from({length: both.length / 2}, (_, cart) => both[2 * cart + 1]! - both[2 * cart]!).sort((a, b) => a - b);
  const middle = differences[Math.floor(differences.length / 2)]!;
  const reach = Math.max(...both.map(Math.abs));
  return layers.map((layer, i) =>
    i < layers.length - 1
      ? layer
      : {...layer, bias: layer.bias.map((b, j) => b - Math.round(((j === 1 ? middle : 0) + below * reach) / layer.scales[j]!))},
  );
}

/** The carts whose push no rounding disputes: their scores are further apart than a twentieth of the typical distance. */
export function decided(layers: readonly IntegerLayer[], states: Float32Array): Float32Array {
  const both = scores(layers, states);
  const {inputs} = layers[0]!;
  const gaps = Array.from({length: both.length / 2}, (_, cart) => Math.abs(both[2 * cart + 1]! - both[2 * cart]!));
  const typical = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return states.filter((_, i) => gaps[Math.floor(i / inputs)]! > typical / 20);
}

/** A layer as it crosses the pipe. */
export function plainLayer(layer: IntegerLayer): Plain {
  return {...layer};
}

/** What a learner made of a layer of that size. @throws WrongAnswer */
export function expectLayer(value: Plain, inputs: number, outputs: number): IntegerLayer {
  const layer = expectRecord(value, ['inputScales', 'codes', 'scales', 'bias'], 'the result of quantizeLayer');
  const codes = expectCodes(layer.codes, {what: 'codes', shape: [inputs * outputs]});
  const bias = expectCodes(layer.bias, {what: 'bias', shape: [outputs]});
  if (Array.from(codes).some(code => code < -127 || code > 127))
    throw new WrongAnswer('Expected codes of weights from −127 to 127; a code beyond does not fit into int8');
  return {
    inputs,
    outputs,
    codes: Int8Array.from(codes),
    bias: Int32Array.from(bias),
    inputScales: expectScales(layer.inputScales, inputs, 'inputScales'),
    scales: expectScales(layer.scales, outputs, 'scales'),
  };
}

function expectScales(value: Plain, length: number, what: string): Float32Array {
  const numbers = isTensorData(value) ? value.data : value;
  if (!(numbers instanceof Float32Array || numbers instanceof Float64Array || Array.isArray(numbers)))
    throw new WrongAnswer(`Expected ${what} to be a Float32Array, got something else`);
  if (numbers.length !== length) throw new WrongAnswer(`Expected ${what} to hold ${length} scales, got ${numbers.length}`);
  const scales = Float32Array.from(numbers as ArrayLike<number>);
  expectFinite(scales, what);
  if (scales.some(scale => scale <= 0)) throw new WrongAnswer(`Expected every scale of ${what} to be above zero: values are divided by it`);
  return scales;
}
