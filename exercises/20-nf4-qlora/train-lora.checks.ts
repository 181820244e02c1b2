import {expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {type BlockWise, dequantizeBlockWise, quantizeBlockWise} from '../../quant/methods/block-wise.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';

interface Options {
  readonly rank: number;
  readonly alpha: number;
  readonly steps: number;
  readonly learningRate: number;
}

export const trainLora: Task = {
  name: 'trainLora',
  title: 'Train adapters beside a frozen base',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'before the first step the adapters change nothing',
      points: 1,
      async measure(learner, draw) {
        const tiny = model(draw, 2, small);
        const adapters = await answerFor(learner, tiny, {rank: 2, alpha: 4, steps: 0, learningRate: 0.02});
        const [before, after] = [tiny.base, merged(tiny.base, adapters, 2)].map(matrices => outputs(tiny.x, matrices));
        return {
          guard: true,
          measured: squaredError(before!, after!) / squaredError(before!, new Float64Array(before!.length)),
          comparison: '<=',
          threshold: 1e-9,
          unit: '× the output’s mean square',
          message:
            'With no step of training the model is another one already. A·B must begin as 0, so that training starts from what the base can do: let one of the two begin at zeros.',
        };
      },
    },
    {
      name: 'under 5% of the numbers are trained',
      points: 1,
      async measure(learner, draw) {
        const tiny = model(draw, 1, large, 8);
        const adapters = await answerFor(learner, tiny, {rank: 2, alpha: 2, steps: 1, learningRate: 0.02});
        const count = adapters.reduce((sum, {a, b}) => sum + a.data.length + b.data.length, 0);
        return {
          measured: (100 * count) / tiny.base.reduce((sum, {data}) => sum + data.length, count),
          comparison: '<=',
          threshold: 5,
          unit: '% of all numbers',
          message: 'Too many numbers are trained: each A has `rank` columns, each B `rank` rows, and that is all.',
        };
      },
    },
    {
      name: 'the model recovers the loss on data that it has not seen',
      points: 3,
      async measure(learner, draw) {
        const tiny = model(draw, 1, small);
        const adapters = await trained(learner, tiny, {rank: 2, alpha: 2});
        return {
          measured: loss(tiny, adapters, 1) / loss(tiny, adapters, 0),
          comparison: '<=',
          threshold: 0.2,
          unit: '× the loss of the base',
          message:
            'On hidden data most of the loss is still there. Do gradients reach A AND B of every layer? (If both begin at zero, neither gets one.) Is the base the one of the codes, the first code in the upper half of its byte, and does it stay as it is? All samples, all steps?',
        };
      },
    },
    {
      name: 'alpha over rank is a factor in training',
      points: 2,
      async measure(learner, draw) {
        // One matrix: its output is linear in the adapters, and what factor would fit best has a formula.
        const tiny = model(draw, 1, [48, 32]);
        const [rank, alpha] = [4, draw.pick([10, 12])];
        const adapters = await trained(learner, tiny, {rank, alpha});
        const base = outputs(tiny.hidden.x, tiny.base);
        const [update, wanted] = [outputs(tiny.hidden.x, merged(tiny.base, adapters, alpha / rank)), tiny.hidden.y].map(y =>
          y.map((value, i) => value - base[i]!),
        );
        const times = dot(update!, wanted!) / dot(update!, update!);
        return {
          measured: times > 0.1 ? Math.max(times, 1 / times) : 10,
          comparison: '<=',
          threshold: 1.5,
          unit: '× too large or too small',
          message:
            'The adapters that you return do not fit: who uses them multiplies A·B by alpha / rank, so the loop that trains them must do the same. Not alpha alone, not its root, and not twice.',
        };
      },
    },
    {
      name: 'the base is what it was, byte for byte',
      points: 1,
      measure: (learner, draw) => {
        const tiny = model(draw, 1, small);
        return unchangedInputs(learner, 'trainLora', tiny.x, tiny.y, stored(tiny), {rank: 1, alpha: 1, steps: 4, learningRate: 0.1});
      },
    },
  ],
};

/** Matrices in NF4 with ReLU between them, and what they should compute from now on: matrices that differ from theirs by a product of that rank. */
interface Tiny {
  readonly quantized: readonly BlockWise[];
  /** What the codes stand for, [inputs, outputs]. */
  readonly base: readonly TensorData[];
  readonly x: TensorData;
  readonly y: TensorData;
  readonly hidden: {readonly x: TensorData; readonly y: Float64Array};
}

interface Adapter {
  readonly a: TensorData;
  readonly b: TensorData;
}

/** Widths of input, hidden layer and output: the large ones have room for rank 2 under 5%, the small ones train fast. */
const large = [96, 96, 64];
const small = [48, 48, 32];

function model(draw: Draw, rank: number, widths: readonly number[], samples = 128): Tiny {
  const quantized = widths.slice(1).map((width, i) => {
    const weights = draw.tensor([widths[i]!, width], d => d.normal(0, Math.sqrt(2 / widths[i]!)));
    return quantizeBlockWise(weights.data, weights.shape);
  });
  const base = quantized.map((one): TensorData => ({dtype: 'float32', shape: one.shape, data: dequantizeBlockWise(one)}));
  const shift = base.map(({shape}): Adapter => {
    const [inputs, outputs] = shape as [number, number];
    const size = (0.9 / Math.sqrt(rank)) * Math.sqrt(1 / inputs);
    return {a: draw.tensor([inputs, rank]), b: draw.tensor([rank, outputs], d => size * d.pick([-1, 1]) * d.uniform(0.7, 1.3))};
  });
  const wanted = merged(base, shift, 1);
  const [x, hidden] = [draw.tensor([samples, widths[0]!]), draw.tensor([48, widths[0]!])];
  const y: TensorData = {dtype: 'float32', shape: [samples, widths.at(-1)!], data: Float32Array.from(outputs(x, wanted))};
  return {quantized, base, x, y, hidden: {x: hidden, y: outputs(hidden, wanted)}};
}

function stored({quantized}: Tiny): Plain {
  return quantized.map(({shape, packed, absMax}) => ({shape, packed, absMax: absMax as Float32Array}));
}

async function answerFor(learner: Learner, tiny: Tiny, options: Options): Promise<Adapter[]> {
  const answer = await learner.call('trainLora', tiny.x, tiny.y, stored(tiny), {...options});
  if (!Array.isArray(answer) || answer.length !== tiny.base.length)
    throw new WrongAnswer('Expected the result of trainLora to be a list with one {a, b} for each matrix of the base');
  return (answer as Plain[]).map((one, i) => {
    const {a, b} = expectRecord(one, ['a', 'b'], 'an adapter');
    const [inputs, outputs] = tiny.base[i]!.shape as [number, number];
    const columns = expectTensor(a, {what: 'A'}).shape[1] ?? 0;
    return {
      a: expectTensor(a, {what: 'A', shape: [inputs, columns]}),
      b: expectTensor(b, {what: 'B', shape: [columns, outputs]}),
    };
  });
}

/** Adapters of a higher rank than needed: training finds its way from any start. */
async function trained(learner: Learner, tiny: Tiny, options: {readonly rank: number; readonly alpha: number}): Promise<Adapter[]> {
  const adapters = await answerFor(learner, tiny, {...options, steps: 30, learningRate: 0.1});
  for (const {a} of adapters) expectTensor(a, {what: 'A', shape: [a.shape[0]!, options.rank]});
  return adapters;
}

/** The squared error on hidden data. */
function loss({base, hidden}: Tiny, adapters: readonly Adapter[], factor: number): number {
  return squaredError(outputs(hidden.x, merged(base, adapters, factor)), hidden.y);
}

/** Ŵ + factor · A·B */
function merged(base: readonly TensorData[], adapters: readonly Adapter[], factor: number): TensorData[] {
  return base.map((matrix, i) => {
    const {a, b} = adapters[i]!;
    const update = product(a, b);
    return {...matrix, data: Float32Array.from(matrix.data, (value, k) => value + factor * update[k]!)};
  });
}

/** relu(x·W₁)·W₂ */
function outputs(x: TensorData, matrices: readonly TensorData[]): Float64Array {
  let h: {readonly shape: readonly number[]; readonly data: ArrayLike<number>} = x;
  for (const [i, matrix] of matrices.entries()) {
    const data = product(h, matrix);
    h = {shape: [x.shape[0]!, matrix.shape[1]!], data: i < matrices.length - 1 ? data.map(value => Math.max(value, 0)) : data};
  }
  return h.data as Float64Array;
}

interface Matrix {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** [rows, inner] · [inner, columns] in float64 */
function product(left: Matrix, right: Matrix): Float64Array {
  const [rows, inner] = left.shape as [number, number];
  const columns = right.shape[1]!;
  const sums = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inner; k++) {
      const factor = left.data[row * inner + k]!;
      for (let column = 0; column < columns; column++) sums[row * columns + column]! += factor * right.data[k * columns + column]!;
    }
  return sums;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function squaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
}
