import {expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Instance, type Task, WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {clamp, roundHalfToEven} from './inference.ts';
import {trainable} from './trainable.ts';

const noRange =
  'The layer’s trainable weights must be exactly one, the scalar `high`: make it in build() with this.addWeight(…, [], …), which is trainable, saved and loaded; a field or a tf.variable of your own is neither.';

export const fakeQuant: Task = {
  name: 'FakeQuant',
  title: 'A fake-quant layer that learns its range',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'the output is on the grid of the range',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [2, 3, 5]) {
          const {x, high} = inputs(draw.for(`${bits}`), bits);
          wrong += misses(await output(await learner.construct('FakeQuant', {bits, high}), x), x, high, bits);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'Some outputs are not on the grid of 2^bits points from 0 to high. After a ReLU nothing is negative: codes 0 … 2^bits − 1, zero point 0, scale high / (2^bits − 1).',
        };
      },
    },
    {
      name: 'the range is a trainable weight',
      points: 1,
      async measure(learner, draw) {
        const {x, high} = inputs(draw, 3);
        const layer = await learner.construct('FakeQuant', {bits: 3, high: high * 1.7});
        await output(layer, x);
        expectRange(await layer.invoke('getWeights', true));
        await layer.invoke('setWeights', [scalar(high)]);
        return {
          measured: misses(await output(layer, x), x, high, 3),
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'After the weight was set to another range, the outputs do not follow. Read the weight in call(), each time: this.high.read().',
        };
      },
    },
    {
      name: 'training widens a range that clips too much',
      points: 2,
      async measure(learner, draw) {
        const x = draw.tensor([256], source => source.uniform(-1, 3));
        const relu: TensorData = {...x, data: (x.data as Float32Array).map(value => Math.max(0, value))};
        const layer = await learner.construct('FakeQuant', {bits: 4, high: draw.uniform(0.9, 1.2)});
        const message =
          'Training does not move the range: no gradient arrives at `high`. The values above it must lead there, so clip with operations that have a gradient with respect to the range (tf.relu and tf.sub), not with numbers taken out of it.';
        const before = meanSquares(await output(layer, x), relu);
        await trainable(() => layer.invoke('fit', x, relu, 80), message);
        return {
          measured: meanSquares(await output(layer, x), relu) / before,
          comparison: '<=',
          threshold: 0.4,
          unit: '× the error before',
          message,
        };
      },
    },
    {
      name: 'a saved layer comes back as it was',
      points: 1,
      async measure(learner, draw) {
        const bits = draw.pick([3, 4, 5]);
        const {x, high} = inputs(draw, bits);
        const layer = await learner.construct('FakeQuant', {bits, high: 2 * high});
        await output(layer, x);
        await layer.invoke('setWeights', [scalar(high)]);
        const [config, weights] = [await layer.invoke('getConfig'), await layer.invoke('getWeights')];
        expectRange(weights);
        expectRecord(config, ['bits', 'high'], 'the config, from which a saved layer is made again,');
        const again = await learner.construct('FakeQuant', config);
        await output(again, x);
        await again.invoke('setWeights', weights);
        return {
          measured: misses(await output(again, x), x, high, bits),
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'A layer made from getConfig() and getWeights() computes something else. getConfig must return all that the constructor reads, under the same names.',
        };
      },
    },
  ],
};

/** Some negative, some beyond the range, all away from ties. */
function inputs(draw: Draw, bits: number): {x: TensorData; high: number} {
  const high = draw.uniform(1, 4);
  const scale = high / (2 ** bits - 1);
  const x = draw.tensor([40, 3], source => {
    for (;;) {
      const steps = source.uniform(-0.4, 1.4) * (2 ** bits - 1);
      if (Math.abs(steps - Math.floor(steps) - 0.5) > 0.03) return steps * scale;
    }
  });
  return {x, high};
}

async function output(layer: Instance, x: TensorData): Promise<TensorData> {
  return expectTensor(await layer.invoke('apply', x), {what: 'the layer’s output', shape: x.shape, dtype: 'float32'});
}

function misses({data}: TensorData, x: TensorData, high: number, bits: number): number {
  const qmax = 2 ** bits - 1;
  const scale = high / qmax;
  return (x.data as Float32Array).reduce(
    (count, value, i) => count + (Math.abs(data[i]! - scale * clamp(roundHalfToEven(value / scale), 0, qmax)) > 1e-3 * scale ? 1 : 0),
    0,
  );
}

function meanSquares(a: TensorData, b: TensorData): number {
  return (a.data as Float32Array).reduce((sum, value, i) => sum + (value - b.data[i]!) ** 2, 0) / a.data.length;
}

function scalar(value: number): TensorData {
  return {dtype: 'float32', shape: [], data: Float32Array.of(value)};
}

function expectRange(weights: Plain): void {
  if (!Array.isArray(weights) || weights.length !== 1) throw new WrongAnswer(noRange);
  expectTensor((weights as Plain[])[0], {what: 'the weight `high`', shape: []});
}
