import type {DenseWeights} from '../../data/digits-mlp.ts';
import type {Digits} from '../../data/digits.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {calculateQParams} from '../../quant/observers/observer.ts';
import {MinMaxObserver} from '../../quant/observers/min-max.ts';
import {perAxis} from '../../quant/affine/granularity.ts';
import {narrowRange, signed, unsigned} from '../../quant/formats/qtype.ts';
import {roundHalfToEven} from '../../quant/formats/round.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import type {ActivationGrid, Range} from './interface.ts';

/** The judge's own arithmetic on plain arrays, so that it runs wherever checks run. */

/** A quantized layer as the judge holds it. */
export interface PlainLayer {
  /** [inputs, outputs] */
  readonly codes: TensorData;
  readonly scale: TensorData;
  readonly bias: TensorData;
  readonly input: ActivationGrid;
}

interface Computed {
  /** [inputs, outputs] */
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly input?: ActivationGrid;
}

/** What flows through: `sums` is what a layer gives before ReLU, [images · outputs]. */
export interface Pass {
  readonly inputs: readonly Float32Array[];
  readonly sums: readonly Float32Array[];
}

export function runFloat(model: readonly DenseWeights[], images: TensorData): Pass {
  return run(
    model.map(({kernel, bias}) => ({kernel: kernel.data, bias: bias.data})),
    images,
  );
}

export function runQuantized(layers: readonly PlainLayer[], images: TensorData): Pass {
  return run(
    layers.map(layer => ({kernel: restored(layer), bias: layer.bias.data, input: layer.input})),
    images,
  );
}

/** The weights that the codes stand for. */
export function restored({codes, scale}: Pick<PlainLayer, 'codes' | 'scale'>): Float32Array {
  const outputs = scale.data.length;
  const values = new Float32Array(codes.data.length);
  for (let i = 0; i < values.length; i++) values[i] = codes.data[i]! * scale.data[i % outputs]!;
  return values;
}

/** The share of digits that are read right, in percent. */
export function accuracyOf({sums}: Pass, {labels}: Digits): number {
  const scores = sums.at(-1)!;
  const classes = scores.length / labels.length;
  const right = labels.filter((label, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  });
  return (100 * right.length) / labels.length;
}

/** What flows into each layer over all batches: its lowest and its highest value, and 0. */
export function inputRanges(model: readonly DenseWeights[], batches: readonly TensorData[]): Range[] {
  const observers = model.map(() => new MinMaxObserver());
  for (const batch of batches) runFloat(model, batch).inputs.forEach((input, i) => observers[i]!.observe(input));
  return observers.map(observer => {
    const {min, max} = observer.range();
    return {min: Math.min(0, min), max: Math.max(0, max)};
  });
}

/** The toolkit's own quantization of the network: a scale for each column, the grids of `ranges`. */
export function referenceLayers(model: readonly DenseWeights[], ranges: readonly Range[], weightBits: number, bits: number): PlainLayer[] {
  return model.map(({kernel, bias}, i) => {
    const quantized = quantize(kernel.data, kernel.shape, {
      qtype: narrowRange(signed(weightBits)),
      scheme: 'symmetric',
      granularity: perAxis(1),
    });
    const observer = new MinMaxObserver();
    observer.observe([ranges[i]!.min, ranges[i]!.max]);
    return {
      codes: {dtype: 'int32', shape: kernel.shape, data: Int32Array.from(quantized.codes())},
      scale: {dtype: 'float32', shape: bias.shape, data: Float32Array.from(quantized.scales)},
      bias,
      input: {...calculateQParams(observer, {qtype: unsigned(bits), scheme: 'asymmetric'}), bits},
    };
  });
}

/** Values moved to the grid. */
export function snap(x: ArrayLike<number>, {scale, zeroPoint, bits}: ActivationGrid): Float32Array {
  // Loops, not Float32Array.from, which takes ten times as long: calibration runs this thousands of times.
  const snapped = new Float32Array(x.length);
  const top = 2 ** bits - 1;
  for (let i = 0; i < snapped.length; i++)
    snapped[i] = scale * (Math.min(top, Math.max(0, roundHalfToEven(x[i]! / scale) + zeroPoint)) - zeroPoint);
  return snapped;
}

function run(layers: readonly Computed[], images: TensorData): Pass {
  const rows = images.shape[0]!;
  const [inputs, sums]: [Float32Array[], Float32Array[]] = [[], []];
  let h = images.data as Float32Array;
  for (const {kernel, bias, input} of layers) {
    inputs.push(h);
    const x = input ? snap(h, input) : h;
    const sum = new Float32Array(rows * bias.length);
    for (let row = 0; row < rows; row++) addRow(sum, x, row, kernel, bias);
    sums.push(sum);
    h = sum.slice();
    for (let i = 0; i < h.length; i++) if (h[i]! < 0) h[i] = 0;
  }
  return {inputs, sums};
}

/** One image through one layer. */
function addRow(sum: Float32Array, x: Float32Array, row: number, kernel: ArrayLike<number>, bias: ArrayLike<number>): void {
  const outputs = bias.length;
  const [from, to] = [(row * kernel.length) / outputs, row * outputs];
  for (let j = 0; j < outputs; j++) sum[to + j] = bias[j]!;
  for (let i = 0; i < kernel.length / outputs; i++) {
    const value = x[from + i]!;
    if (value !== 0) for (let j = 0; j < outputs; j++) sum[to + j]! += value * kernel[i * outputs + j]!;
  }
}
