import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {Draw} from '../../data/draw.ts';
import {calibrate, FakeQuant, foldBatchNorm, ObservedFakeQuant, Pact, quantizeModel, strip} from '../index.ts';
import {randomTensor, shaken} from './fixtures/random-weights.ts';

type Tf = Backend['tf'];
type Model = ReturnType<Tf['sequential']> | ReturnType<Tf['model']>;
type Tensor = ReturnType<Tf['tensor']>;
type Symbolic = ReturnType<Tf['input']>;

let tf: Tf;
beforeAll(async () => {
  ({tf} = await loadBackend());
});

const random = (seed: string, shape: number[]): Tensor => randomTensor(tf, new Draw(seed), shape);
const shake = <M extends Model>(model: M, seed: string): M => shaken(tf, model, new Draw(seed));

function expectSame(model: Model, other: Model, x: Tensor | Tensor[]): void {
  const [here, there] = [model, other].map(model => (model.predict(x) as Tensor).dataSync()) as [Float32Array, Float32Array];
  const largest = here.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  here.forEach((y, i) => expect(Math.abs(y - there[i]!)).toBeLessThan(1e-5 * largest));
}

const classesOf = (model: Model): string[] => model.layers.map(layer => layer.getClassName());

describe('foldBatchNorm', () => {
  test('makes one layer of a convolution and its normalization, with the same output', () => {
    const {batchNormalization, conv2d, depthwiseConv2d, dense} = tf.layers;
    const model = shake(
      tf.sequential({
        layers: [
          conv2d({filters: 4, kernelSize: 3, inputShape: [8, 8, 2], useBias: false}),
          batchNormalization(),
          tf.layers.reLU(),
          depthwiseConv2d({kernelSize: 3, depthMultiplier: 2}),
          batchNormalization({scale: false, epsilon: 1e-2}),
          tf.layers.flatten(),
          dense({units: 5}),
          tf.layers.activation({activation: 'linear'}),
          batchNormalization({center: false}),
          dense({units: 2}),
        ],
      }),
      'sequence',
    );
    const before = tf.memory().numTensors;
    const folded = foldBatchNorm(model);
    expect(tf.memory().numTensors).toBe(before + folded.weights.length);
    expect(classesOf(folded)).toEqual(['Conv2D', 'ReLU', 'DepthwiseConv2D', 'Flatten', 'Dense', 'Dense']);
    expectSame(model, folded, random('x', [6, 8, 8, 2]));
  });

  test('folds in branches, in models within models, and at a model’s output', () => {
    const {batchNormalization, dense} = tf.layers;
    const inner = tf.sequential({name: 'inner', layers: [dense({units: 3, inputShape: [4]}), batchNormalization(), tf.layers.reLU()]});
    const x = tf.input({shape: [4]});
    const left = batchNormalization({name: 'left'}).apply(dense({units: 3}).apply(x)) as Symbolic;
    const sum = tf.layers.add().apply([left, inner.apply(x) as Symbolic]) as Symbolic;
    const outputs = batchNormalization({name: 'last'}).apply(dense({units: 2, name: 'before'}).apply(sum)) as Symbolic;
    const model = shake(tf.model({inputs: x, outputs}), 'branches');
    const folded = foldBatchNorm(model);
    expect(classesOf(folded).toSorted()).toEqual(['Add', 'Dense', 'Dense', 'InputLayer', 'Sequential']);
    expect(folded.outputNames).toEqual(['before']);
    expectSame(model, folded, random('x', [6, 4]));
  });

  test('says which it cannot fold and why, or keeps those', () => {
    const {batchNormalization, dense} = tf.layers;
    const x = tf.input({shape: [4]});
    const shared = dense({units: 4, name: 'shared'});
    const first = batchNormalization({name: 'first'}).apply(x) as Symbolic;
    const once = batchNormalization({name: 'after-shared'}).apply(shared.apply(first)) as Symbolic;
    const active = batchNormalization({name: 'after-relu'}).apply(
      dense({units: 4, activation: 'relu', name: 'active'}).apply(shared.apply(once)),
    ) as Symbolic;
    const twice = dense({units: 4, name: 'twice'}).apply(active) as Symbolic;
    const sum = tf.layers.add({name: 'sum'}).apply([twice, batchNormalization({name: 'beside'}).apply(twice) as Symbolic]) as Symbolic;
    const outputs = batchNormalization({name: 'good'}).apply(
      dense({units: 2}).apply(batchNormalization({name: 'after-sum'}).apply(sum)),
    ) as Symbolic;
    const model = shake(tf.model({inputs: x, outputs}), 'refused');
    let message = '';
    try {
      foldBatchNorm(model);
    } catch (error) {
      ({message} = error as Error);
    }
    expect(message.split(/, but |; |\. /).slice(1, -1)).toEqual(
      [
        'first follows input1, of class InputLayer',
        'after-shared follows shared, which is shared',
        'after-relu follows active, which ends with "relu"',
        'beside follows twice, whose output is used elsewhere too',
        'after-sum follows sum, of class Add',
      ].map(line => line.replace('input1', model.inputNames[0]!)),
    );
    const kept = foldBatchNorm(model, {others: 'keep'});
    expect(classesOf(kept).filter(name => name === 'BatchNormalization')).toHaveLength(5);
    expectSame(model, kept, random('x', [6, 4]));
  });

  test('refuses an axis that is not the output channels', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({filters: 2, kernelSize: 1, inputShape: [3, 3, 1], name: 'conv'}),
        tf.layers.batchNormalization({axis: 1, name: 'norm'}),
      ],
    });
    expect(() => foldBatchNorm(model)).toThrow('norm normalizes axis 1 and not the output channels of conv');
  });
});

describe('strip', () => {
  const convolutional = (): Model =>
    shake(
      tf.sequential({
        layers: [
          tf.layers.conv2d({filters: 4, kernelSize: 3, inputShape: [6, 6, 2], activation: 'relu'}),
          tf.layers.depthwiseConv2d({kernelSize: 2, depthMultiplier: 2, useBias: false}),
          tf.layers.batchNormalization({scale: false}),
          tf.layers.flatten(),
          tf.layers.dense({units: 2}),
        ],
      }),
      'strip',
    );

  test('gives back plain layers that compute with the snapped weights', () => {
    const model = convolutional();
    const quantized = quantizeModel(model, {
      weights: {bits: 3},
      activations: null,
      rules: [{layers: /dense/, weights: {bits: 2, scale: 'learned'}}],
    });
    const before = tf.memory().numTensors;
    const plain = strip(quantized);
    expect(tf.memory().numTensors).toBe(before + plain.weights.length);
    expect(classesOf(plain)).toEqual(classesOf(model));
    expect(plain.getConfig()).toEqual(model.getConfig());
    const x = random('x', [5, 6, 6, 2]);
    expectSame(quantized, plain, x);
    const kernel = plain.layers[0]!.getWeights()[0]!;
    for (let filter = 0; filter < 4; filter++)
      expect(new Set(Array.from(kernel.slice([0, 0, 0, filter], [-1, -1, -1, 1]).dataSync(), v => v.toFixed(5))).size).toBeLessThanOrEqual(
        8,
      );
  });

  test('drops the grids of activations, and their ranges from the weights', async () => {
    const model = convolutional();
    const quantized = quantizeModel(model, {weights: {bits: 8}});
    await calibrate(quantized, [random('c', [5, 6, 6, 2])]);
    const plain = strip(quantized);
    expect(plain.weights.map(({shape}) => shape)).toEqual(model.weights.map(({shape}) => shape));
    expect(() => strip(plain)).not.toThrow();
  });

  test('makes clipping ReLUs of layers made by hand', () => {
    const model = tf.sequential({
      layers: [new FakeQuant({bits: 16, high: 1.5, inputShape: [3]}), new Pact({bits: 16, alpha: 0.75}), new ObservedFakeQuant({bits: 4})],
    });
    const plain = strip(model);
    expect(classesOf(plain)).toEqual(['ReLU', 'ReLU', 'Activation']);
    expect(Array.from((plain.predict(tf.tensor2d([[-1, 0.5, 9]])) as Tensor).dataSync())).toEqual([0, 0.5, 0.75]);
  });
});
