import {expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Instance, type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {trainable} from './trainable.ts';

const [inputs, units] = [48, 6];

export const fakeQuantDense: Task = {
  name: 'FakeQuantDense',
  title: 'A dense layer that computes with snapped weights',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'every column is on a grid of 2^bits points',
      points: 2,
      async measure(learner, draw) {
        let off = 0;
        for (const bits of [2, 3, 4]) {
          const {effective} = await made(learner, draw.for(`${bits}`), bits);
          for (let j = 0; j < units; j++) if (!isOnGrid(column(effective, j), bits)) off++;
        }
        return {
          measured: off,
          comparison: '==',
          threshold: 0,
          unit: 'columns off the grid',
          message:
            'The weights that the layer computes with are not on evenly spaced grids of 2^bits points. Snap the kernel in call(), with bits passed on to qmin, qmax and the scale.',
        };
      },
    },
    {
      name: 'a column of small weights keeps its detail',
      points: 1,
      async measure(learner, draw) {
        const {kernel, effective} = await made(learner, draw, 4);
        const worst = Math.max(...Array.from({length: units}, (_, j) => relative(column(effective, j), column(kernel, j))));
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.4,
          unit: '× the column’s norm, the worst column',
          message:
            'A column’s weights are lost: its grid is too coarse or too wide. Each column (output) has a scale of its own, taken along axis 0.',
        };
      },
    },
    {
      name: 'the bias is added in float',
      points: 1,
      async measure(learner, draw) {
        const {layer, effective, bias} = await made(learner, draw, 2);
        const x = draw.tensor([20, inputs]);
        const output = await outputOf(layer, x);
        const expected = product(x, effective, bias);
        return {
          measured: relative(output.data, expected.data),
          comparison: '<=',
          threshold: 0.001,
          unit: '× the output’s norm',
          message:
            'The output is not x · (snapped kernel) + bias. The bias stays float: it is a few numbers, added to sums that are much finer than the weights’ grid.',
        };
      },
    },
    {
      name: 'the float weights learn through the rounding',
      points: 2,
      async measure(learner, draw) {
        const {layer, kernel, bias} = await made(learner, draw, 4, () => 0.4);
        const x = draw.tensor([96, inputs]);
        const target = draw.tensor([inputs, units], (source, i) => kernel.data[i]! + source.normal(0, 0.3));
        const wanted = product(x, target, bias);
        const message =
          'Training does not move the weights. The kernel must stay a float weight; snap it by your fakeQuantize, whose gradient passes, each time call() runs.';
        const before = relative((await outputOf(layer, x)).data, wanted.data);
        await trainable(() => layer.invoke('fit', x, wanted, 60), message);
        return {
          measured: relative((await outputOf(layer, x)).data, wanted.data) / before,
          comparison: '<=',
          threshold: 0.7,
          unit: '× the error before',
          message,
        };
      },
    },
    {
      name: 'a saved layer comes back as it was',
      points: 1,
      async measure(learner, draw) {
        const {layer} = await made(learner, draw, draw.pick([2, 3]));
        const [config, weights] = [await layer.invoke('getConfig'), await layer.invoke('getWeights')];
        expectRecord(config, ['units', 'bits'], 'the config, from which a saved layer is made again,');
        const again = await learner.construct('FakeQuantDense', config);
        const x = draw.tensor([20, inputs]);
        await outputOf(again, x);
        await again.invoke('setWeights', weights);
        return {
          measured: relative((await outputOf(again, x)).data, (await outputOf(layer, x)).data),
          comparison: '<=',
          threshold: 0.001,
          unit: '× the output’s norm',
          message:
            'A layer made from getConfig() and getWeights() computes something else. getConfig must return all that the constructor reads, under the same names.',
        };
      },
    },
  ],
};

interface Made {
  readonly layer: Instance;
  readonly kernel: TensorData;
  readonly bias: TensorData;
  /** What the layer multiplies by, seen by sending the identity through it. */
  readonly effective: TensorData;
}

/** A layer with weights of ours: columns from a hundredth to ten times as large. */
async function made(
  learner: Learner,
  draw: Draw,
  bits: number,
  size = (j: number): number => 10 ** (-2 + (3 * j) / (units - 1)),
): Promise<Made> {
  const kernel = draw.tensor([inputs, units], (source, i) => source.normal(0, size(i % units)));
  const bias = draw.tensor([units], source => source.uniform(0.2, 1.5));
  const layer = await learner.construct('FakeQuantDense', {units, bits});
  await outputOf(layer, draw.tensor([1, inputs]));
  const weights = await layer.invoke('getWeights');
  if (!Array.isArray(weights) || weights.length !== 2)
    throw new WrongAnswer(
      'Expected the layer to have two weights, kernel [inputs, units] and bias [units], in this order; make them in build() with this.addWeight',
    );
  expectTensor((weights as Plain[])[0], {what: 'the kernel', shape: [inputs, units]});
  expectTensor((weights as Plain[])[1], {what: 'the bias', shape: [units]});
  await layer.invoke('setWeights', [kernel, {...bias, data: new Float32Array(units)}]);
  const effective = await outputOf(layer, identity());
  await layer.invoke('setWeights', [kernel, bias]);
  return {layer, kernel, bias, effective};
}

async function outputOf(layer: Instance, x: TensorData): Promise<TensorData> {
  return expectTensor(await layer.invoke('apply', x), {what: 'the layer’s output', shape: [x.shape[0]!, units], dtype: 'float32'});
}

/** At most 2^bits different values, whose gaps are multiples of one step. */
function isOnGrid(values: readonly number[], bits: number): boolean {
  const largest = Math.max(...values.map(Math.abs));
  const points = [...values].sort((a, b) => a - b).filter((value, i, sorted) => i === 0 || value - sorted[i - 1]! > 1e-4 * largest);
  const gaps = points.slice(1).map((point, i) => point - points[i]!);
  const step = Math.min(...gaps);
  return points.length <= 2 ** bits && gaps.every(gap => Math.abs(gap / step - Math.round(gap / step)) < 0.02);
}

function product(x: TensorData, kernel: TensorData, bias: TensorData): TensorData {
  const rows = x.shape[0]!;
  const data = new Float32Array(rows * units);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < units; j++) {
      let sum = bias.data[j]!;
      for (let i = 0; i < inputs; i++) sum += x.data[row * inputs + i]! * kernel.data[i * units + j]!;
      data[row * units + j] = sum;
    }
  }
  return {dtype: 'float32', shape: [rows, units], data};
}

function relative(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  let [noise, signal] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    noise += (actual[i]! - reference[i]!) ** 2;
    signal += reference[i]! ** 2;
  }
  return Math.sqrt(noise / signal);
}

function column({data}: TensorData, j: number): number[] {
  return Array.from({length: inputs}, (_, i) => data[i * units + j]!);
}

function identity(): TensorData {
  return {
    dtype: 'float32',
    shape: [inputs, inputs],
    data: Float32Array.from({length: inputs * inputs}, (_, k) => (k % (inputs + 1) === 0 ? 1 : 0)),
  };
}
