import {countElements} from '../../formats/shape.ts';
import {convolve, convolveDepthwise, multiply, type Sums} from './accumulate.ts';
import {type Activation, levels, toCodes, toFloat} from './activation.ts';
import {factorAt, multiplyFixedPoint} from './fixed-point.ts';
import type {FloatFunction, IntegerStep, JoinStep, LinearStep, MoveStep, PoolStep, QuantizeStep, Requantization} from './step.ts';
import {forEachInWindows, windowPlaces} from './windows.ts';

/** What a step gives for its inputs. @throws RangeError where their shapes do not fit it */
export function execute(step: IntegerStep, inputs: readonly Activation[]): Activation {
  const [x] = inputs as [Activation];
  if (!fits(step, inputs))
    throw new RangeError(
      `Expected inputs that fit step ${step.name} (${step.op}), got shape ${inputs.map(({shape}) => `[${shape.join(', ')}]`).join(' and ')}`,
    );
  switch (step.op) {
    case 'dense':
    case 'conv2d':
    case 'depthwise':
      return linear(step, x);
    case 'quantize':
      return quantizeInput(step, x);
    case 'maxPool':
      return maxPool(step, x);
    case 'averagePool':
      return averagePool(step, x);
    case 'add':
      return add(step, inputs);
    case 'concatenate':
      return concatenate(step, inputs);
    case 'reshape':
      return {...x, shape: [x.shape[0]!, ...resolved(step.shape, countElements(x.shape.slice(1)))]};
    case 'pad':
      return pad(step, x);
    case 'float': {
      const {shape, data} = toFloat(x);
      return {shape, data: floatFunctions[step.function](Float32Array.from(data), shape.at(-1)!), grid: undefined};
    }
  }
}

function fits(step: IntegerStep, inputs: readonly Activation[]): boolean {
  const [{shape, grid}] = inputs as [Activation];
  const alike = inputs.every(input => input.shape.length === shape.length && !!input.grid === !!grid);
  switch (step.op) {
    case 'dense':
      return !!grid && shape.length > 1 && shape.at(-1) === step.kernel.shape[0];
    case 'conv2d':
      return !!grid && shape.length === 4 && shape[3] === step.kernel.shape[2];
    case 'depthwise':
      return !!grid && shape.length === 4 && shape[3]! * step.multiplier === step.kernel.shape[2];
    case 'quantize':
      return !!grid === step.output.factors.length > 0;
    case 'maxPool':
      return shape.length === 4;
    case 'averagePool':
      return shape.length === 4 && (!step.output || !!grid);
    case 'add':
      return (!step.output || (alike && !!grid)) && inputs.every(input => String(input.shape) === String(shape));
    case 'concatenate': {
      const axis = step.axis < 0 ? step.axis + shape.length : step.axis;
      const others = (input: Activation): string => String(input.shape.toSpliced(axis, 1));
      return (
        (!step.output || (alike && !!grid)) &&
        axis > 0 &&
        axis < shape.length &&
        inputs.every(input => others(input) === others(inputs[0]!))
      );
    }
    case 'reshape': {
      const to = resolved(step.shape, countElements(shape.slice(1)));
      return to.every(Number.isInteger) && countElements(to) === countElements(shape.slice(1));
    }
    case 'pad':
      return shape.length === 4;
    case 'float':
      return shape.length > 0;
  }
}

function linear(step: LinearStep, x: Activation): Activation {
  const {op, kernel, bias, sumShift, geometry, output, inputScale} = step;
  const codes = {shape: kernel.shape, codes: kernel.codes()};
  const input = levels(x);
  const sums: Sums =
    op === 'dense'
      ? multiply(input, x.shape, codes)
      : op === 'conv2d'
        ? convolve(input, x.shape, codes, geometry!)
        : convolveDepthwise(input, x.shape, {...codes, shape: splitChannels(kernel.shape, step.multiplier)}, geometry!);
  const channels = bias.length;
  const {data, shape} = sums;
  for (let i = 0; i < data.length; i++) data[i] = data[i]! * 2 ** sumShift + bias[i % channels]!;
  if (output) return requantized(shape, data, output);
  const {scales} = kernel;
  const unit = inputScale / 2 ** sumShift;
  return {shape, data: Float32Array.from(data, (sum, i) => sum * unit * scales[(i % channels) % scales.length]!), grid: undefined};
}

/** [height, width, channels · multiplier] → [height, width, channels, multiplier] */
function splitChannels([height, width, outputs]: readonly number[], multiplier: number): readonly number[] {
  return [height!, width!, outputs! / multiplier, multiplier];
}

/** Sums of which neighbours belong to one channel after the other. */
function requantized(shape: readonly number[], sums: Int32Array, {grid, factors, low, high}: Requantization): Activation {
  const codes = new Int32Array(sums.length);
  const channels = Array.from({length: factors.length / 2}, (_, i) => factorAt(factors, i));
  for (let i = 0; i < sums.length; i++) {
    const code = multiplyFixedPoint(sums[i]!, channels[i % channels.length]!) + grid.zeroPoint;
    codes[i] = code < low ? low : code > high ? high : code;
  }
  return {shape, data: codes, grid};
}

function quantizeInput({name, output}: QuantizeStep, x: Activation): Activation {
  if (x.grid) return requantized(x.shape, levels(x), output);
  // No code stands for it: whatever came out would look like a number that was computed.
  if (x.data.includes(NaN)) throw new RangeError(`Expected numbers to quantize in step ${name}, got NaN; find where it comes from first`);
  const {data, ...codes} = toCodes(x, output.grid);
  return {...codes, data: data.map(code => Math.min(Math.max(code, output.low), output.high))};
}

function maxPool({geometry}: PoolStep, {shape, data, grid}: Activation): Activation {
  const channels = shape.at(-1)!;
  const window = geometry ?? wholePlane(shape);
  const places = windowPlaces(shape, window);
  const largest = (grid ? new Int32Array(countElements(places) * channels) : new Float32Array(countElements(places) * channels)).fill(
    grid ? grid.qtype.qmin : -Infinity,
  );
  forEachInWindows(shape, window, (place, element) => {
    for (let c = 0; c < channels; c++)
      largest[place * channels + c] = Math.max(largest[place * channels + c]!, data[element * channels + c]!);
  });
  return {shape: [...(geometry ? places : [shape[0]!]), channels], data: largest, grid};
}

function averagePool({geometry, output}: PoolStep, x: Activation): Activation {
  const {shape, grid} = x;
  const channels = shape.at(-1)!;
  const window = geometry ?? wholePlane(shape);
  const places = windowPlaces(shape, window);
  const values = grid ? levels(x) : x.data;
  const size = countElements(places) * channels;
  const sums = grid ? new Int32Array(size) : new Float64Array(size);
  // What is padded does not count.
  const counts = new Int32Array(countElements(places));
  forEachInWindows(shape, window, (place, element) => {
    counts[place]!++;
    for (let c = 0; c < channels; c++) sums[place * channels + c]! += values[element * channels + c]!;
  });
  const pooled = [...(geometry ? places : [shape[0]!]), channels];
  const countOf = (i: number): number => counts[Math.floor(i / channels)]!;
  if (!output || !grid) {
    const unit = grid?.scale ?? 1;
    return {shape: pooled, data: Float32Array.from(sums, (sum, i) => (sum * unit) / countOf(i)), grid: undefined};
  }
  const {factors, low, high, grid: to} = output;
  const single = factors.length === 2;
  const codes = Int32Array.from(sums, (sum, i) => multiplyFixedPoint(sum, factorAt(factors, single ? 0 : countOf(i) - 1)) + to.zeroPoint);
  return {shape: pooled, data: codes.map(code => Math.min(Math.max(code, low), high)), grid: to};
}

/** A window as large as the data. */
function wholePlane([, height, width]: readonly number[]): NonNullable<PoolStep['geometry']> {
  return {size: [height!, width!], strides: [1, 1], dilation: [1, 1], padding: 'valid'};
}

function add({output, sumShift}: JoinStep, inputs: readonly Activation[]): Activation {
  const {shape} = inputs[0]!;
  if (!output) {
    const terms = inputs.map(input => toFloat(input).data);
    return {shape, data: Float32Array.from(terms[0]!, (_, i) => terms.reduce((sum, term) => sum + term[i]!, 0)), grid: undefined};
  }
  const {factors} = output;
  const sums = new Int32Array(inputs[0]!.data.length);
  inputs.forEach((input, n) => {
    const terms = levels(input);
    const factor = factorAt(factors, n);
    for (let i = 0; i < sums.length; i++) sums[i]! += multiplyFixedPoint(terms[i]! * 2 ** sumShift, factor);
  });
  return requantized(shape, sums, {...output, factors: factors.slice(-2)});
}

function concatenate({output, axis}: JoinStep, inputs: readonly Activation[]): Activation {
  const pieces = inputs.map((input, n) =>
    output ? requantized(input.shape, levels(input), {...output, factors: output.factors.slice(2 * n, 2 * n + 2)}) : toFloat(input),
  );
  const {shape} = pieces[0]!;
  const at = axis < 0 ? axis + shape.length : axis;
  const outer = countElements(shape.slice(0, at));
  const runs = pieces.map(piece => countElements(piece.shape.slice(at)));
  const size = pieces.reduce((sum, piece) => sum + piece.data.length, 0);
  const data = output ? new Int32Array(size) : new Float32Array(size);
  let to = 0;
  for (let row = 0; row < outer; row++)
    pieces.forEach((piece, n) => {
      data.set(piece.data.subarray(row * runs[n]!, (row + 1) * runs[n]!), to);
      to += runs[n]!;
    });
  const length = pieces.reduce((sum, piece) => sum + piece.shape[at]!, 0);
  return {shape: shape.map((n, i) => (i === at ? length : n)), data, grid: output?.grid};
}

/** A shape whose one −1 is what is left of `size`. */
function resolved(shape: readonly number[], size: number): number[] {
  const known = countElements(shape.filter(n => n !== -1));
  return shape.map(n => (n === -1 ? size / known : n));
}

/** Zeros around height and width: `shape` is [top, bottom, left, right]. */
function pad({shape: [top, bottom, left, right]}: MoveStep, {shape, data, grid}: Activation): Activation {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [rows, columns] = [height + top! + bottom!, width + left! + right!];
  const padded = grid ? new Int32Array(batch * rows * columns * channels) : new Float32Array(batch * rows * columns * channels);
  padded.fill(grid?.zeroPoint ?? 0);
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height; y++) {
      const from = (n * height + y) * width * channels;
      padded.set(data.subarray(from, from + width * channels), ((n * rows + y + top!) * columns + left!) * channels);
    }
  return {shape: [batch, rows, columns, channels], data: padded, grid};
}

const floatFunctions: Readonly<Record<FloatFunction, (values: Float32Array, last: number) => Float32Array>> = {
  linear: values => values,
  relu: values => values.map(x => Math.max(x, 0)),
  relu6: values => values.map(x => Math.min(Math.max(x, 0), 6)),
  sigmoid: values => values.map(x => 1 / (1 + Math.exp(-x))),
  tanh: values => values.map(Math.tanh),
  softmax: (values, last) => {
    for (let from = 0; from < values.length; from += last) {
      const row = values.subarray(from, from + last);
      const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = Float64Array.from(row, x => Math.exp(x - largest));
      const total = powers.reduce((a, b) => a + b, 0);
      row.set(powers.map(power => power / total));
    }
    return values;
  },
};
