import type {layers} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {Draw} from '../../data/draw.ts';
import {FakeQuant, fakeQuantize, fakeQuantizeLearned, Pact, QuantDense} from './index.ts';
import {savedAndLoaded} from '../models/fixtures/saved-and-loaded.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend('cpu'));
});

const grid = {scale: 0.5, zeroPoint: 0, qmin: -2, qmax: 1};

describe('fakeQuantize', () => {
  it('snaps to the grid, half to even, and clips at its ends', () => {
    const x = tf.tensor1d([-3, -0.8, -0.25, 0.25, 0.3, 0.75, 2]);
    expect(Array.from(fakeQuantize(x, grid).dataSync(), v => v + 0)).toEqual([-1, -1, 0, 0, 0.5, 0.5, 0.5]);
  });

  it('takes the zero point off again', () => {
    expect(Array.from(fakeQuantize(tf.tensor1d([-1, 0, 1, 9]), {scale: 1, zeroPoint: 2, qmin: 0, qmax: 7}).dataSync())).toEqual([
      -1, 0, 1, 5,
    ]);
  });

  it('snaps each column by its own scale', () => {
    const x = tf.tensor2d([
      [0.9, 0.9],
      [-0.9, 0.2],
    ]);
    const y = fakeQuantize(x, {...grid, qmin: -8, qmax: 7, scale: tf.tensor1d([1, 0.5])});
    expect(Array.from(y.dataSync())).toEqual([1, 1, -1, 0]);
  });

  it('passes the gradient where the code is on the grid and stops it where it was clipped, as PyTorch does', () => {
    // Codes before clipping: -3, -2 (rounded from -2.4), -2, 1, 1 (rounded from 1.4), 2
    const x = tf.tensor1d([-1.5, -1.2, -1, 0.5, 0.7, 1]);
    const gradient = tf.grad(x => fakeQuantize(x, grid))(x, tf.tensor1d([1, 2, 3, 4, 5, 6]));
    expect(Array.from(gradient.dataSync())).toEqual([0, 2, 3, 4, 5, 0]);
  });

  it('keeps no tensors but its result', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    fakeQuantize(x, grid).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([0, -1, NaN])('refuses the scale %s', scale => expect(() => fakeQuantize(tf.scalar(1), {...grid, scale})).toThrow('above 0'));
  it('refuses an empty grid', () => expect(() => fakeQuantize(tf.scalar(1), {...grid, qmin: 1})).toThrow('qmin < qmax'));
});

describe('fakeQuantizeLearned', () => {
  it('gives the scale the gradient of LSQ, checked by hand', () => {
    // x / s = 0.6, -9, 3: rounded and clipped to 1, -2, 1. d/ds: 1 - 0.6 inside, -2 and 1 where clipped.
    const [toX, toScale] = tf.grads((x, s) => fakeQuantizeLearned(x, s, grid))(
      [tf.tensor1d([0.3, -4.5, 1.5]), tf.scalar(0.5)],
      tf.ones([3]),
    );
    expect(Array.from(toX!.dataSync())).toEqual([1, 0, 0]);
    expect(toScale!.dataSync()[0]).toBeCloseTo(0.4 - 2 + 1, 5);
  });

  it('agrees with finite differences wherever no code changes', () => {
    const x = tf.tensor1d([-7, 5, 9, -3]); // all clipped, so that the output is smooth in the scale
    const at = (scale: number): number => fakeQuantizeLearned(x, tf.scalar(scale), grid).sum().dataSync()[0]!;
    const slope = (at(0.51) - at(0.49)) / 0.02;
    const [, toScale] = tf.grads((x, s) => fakeQuantizeLearned(x, s, grid))([x, tf.scalar(0.5)]);
    expect(toScale!.dataSync()[0]).toBeCloseTo(slope, 3);
  });

  it('sums over what shares a scale', () => {
    const [, perColumn] = tf.grads((x, s) => fakeQuantizeLearned(x, s, grid))([
      tf.tensor2d([9, 9, 9, 9, 9, 9], [3, 2]),
      tf.tensor1d([0.5, 1]),
    ]);
    expect(Array.from(perColumn!.dataSync())).toEqual([3, 3]);
    const [, perRow] = tf.grads((x, s) => fakeQuantizeLearned(x, s, grid))([
      tf.tensor2d([9, 9, 9, 9, 9, 9], [3, 2]),
      tf.tensor2d([0.5, 1, 2], [3, 1]),
    ]);
    expect([perRow!.shape, Array.from(perRow!.dataSync())]).toEqual([
      [3, 1],
      [2, 2, 2],
    ]);
  });
});

describe('the layers', () => {
  const draws = (seed: string, shape: [number, number]) => tf.tensor2d(new Draw(seed).tensor(shape).data as Float32Array, shape);

  it('learn: a small network trains through them', async () => {
    const model = tf.sequential({
      layers: [
        new QuantDense({units: 16, bits: 4, name: 'first', inputShape: [8]}),
        new FakeQuant({bits: 4, high: 1, name: 'between'}),
        new QuantDense({units: 1, bits: 4, name: 'last'}),
      ],
    });
    const x = draws('x', [128, 8]);
    const y = x.abs().sum(1, true);
    const loss = (): number => tf.losses.meanSquaredError(y, model.predict(x) as never).dataSync()[0]!;
    const before = loss();
    const range = model.layers[1]!.getWeights()[0]!.dataSync()[0]!;
    model.compile({optimizer: tf.train.adam(0.05), loss: 'meanSquaredError'});
    await model.fit(x, y, {epochs: 15, batchSize: 32, verbose: 0});
    expect(loss()).toBeLessThan(before / 10);
    expect(model.layers[1]!.getWeights()[0]!.dataSync()[0]).not.toBeCloseTo(range, 3);
  });

  it.each([
    ['FakeQuant', () => new FakeQuant({bits: 4, high: 1}), (layer: layers.Layer) => (layer as FakeQuant).high],
    ['Pact', () => new Pact({bits: 4, alpha: 1}), (layer: layers.Layer) => (layer as Pact).clip],
  ])('come back where training carried a learned range below 0: %s', async (_, make, end) => {
    const layer = make();
    const model = tf.sequential({layers: [tf.layers.inputLayer({inputShape: [8]}), layer]});
    layer.setWeights([tf.scalar(-0.05)]);
    model.compile({optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError'});
    const x = draws('positive', [128, 8]).abs();
    await model.fit(x, x, {epochs: 20, verbose: 0});
    expect(end(layer)).toBeGreaterThan(1);
  });

  it('survive saving and loading, the learned range included', async () => {
    const model = tf.sequential({layers: [new QuantDense({units: 4, bits: 3, inputShape: [5]}), new FakeQuant({bits: 3, high: 2})]});
    model.layers[1]!.setWeights([tf.scalar(0.123)]);
    const {loaded} = await savedAndLoaded(tf, model);
    const x = draws('saved', [6, 5]);
    expect((loaded.predict(x) as typeof x).dataSync()).toEqual((model.predict(x) as typeof x).dataSync());
  });

  it('ship what they compute with', () => {
    const layer = new QuantDense({units: 3, bits: 2});
    const x = draws('ship', [4, 6]);
    const output = layer.apply(x) as typeof x;
    const {codes, scale, bias} = layer.quantized();
    const again = x.matMul(codes.toFloat().mul(scale) as typeof x).add(bias);
    expect(Math.max(...Array.from(output.sub(again).abs().dataSync()))).toBeLessThan(1e-6);
    expect(Math.min(...codes.dataSync())).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...codes.dataSync())).toBeLessThanOrEqual(1);
  });

  it('refuse bits that make no grid and a range of nothing', () => {
    expect(() => new QuantDense({units: 1, bits: 1})).toThrow('from 2 to 16');
    expect(() => new FakeQuant({bits: 4, high: 0})).toThrow('above 0');
  });
});
