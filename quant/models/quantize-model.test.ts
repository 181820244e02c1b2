import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {Draw} from '../../data/draw.ts';
import {
  activationQuantizers,
  calibrate,
  chooseQParams,
  freeze,
  isQuantizedLayer,
  perTensor,
  qint8,
  quantize,
  quantizedLayers,
  quantizeModel,
  type Recipe,
  strip,
} from '../index.ts';
import {randomModel, randomRecipe} from './fixtures/random-model.ts';
import {randomTensor, shaken} from './fixtures/random-weights.ts';
import {savedAndLoaded} from './fixtures/saved-and-loaded.ts';
import {layersOf} from './graph.ts';

type Tf = Backend['tf'];
type Model = ReturnType<Tf['sequential']> | ReturnType<Tf['model']>;
type Tensor = ReturnType<Tf['tensor']>;
type Symbolic = ReturnType<Tf['input']>;

let tf: Tf;
let backend: Backend;
beforeAll(async () => {
  backend = await loadBackend();
  ({tf} = backend);
});

const random = (seed: string, shape: number[], spread = 1): Tensor => randomTensor(tf, new Draw(seed), shape, spread);
const shake = <M extends Model>(model: M, seed: string): M => shaken(tf, model, new Draw(seed), 0.5);

function mlp(): ReturnType<Tf['sequential']> {
  const {dense} = tf.layers;
  return shake(
    tf.sequential({
      name: 'mlp',
      layers: [
        dense({units: 8, inputShape: [6], activation: 'relu', name: 'first'}),
        dense({units: 7, name: 'second'}),
        tf.layers.reLU({name: 'relu'}),
        dense({units: 3, activation: 'softmax', name: 'last'}),
      ],
    }),
    'mlp',
  );
}

function predict(model: Model, x: Tensor | Tensor[]): number[] {
  return tf.tidy(() => Array.from((model.predict(x) as Tensor).dataSync()));
}

/** Which of a model's layers snap what: w weights, i inputs, o output. */
function places(model: Model): Record<string, string> {
  return Object.fromEntries(
    layersOf(model).flatMap(({path, layer}) => {
      if (!isQuantizedLayer(layer)) return [];
      const {weights, inputs, output} = layer.quantizers;
      return [[path, `${weights ? `w${weights.qtype.bits}` : ''}${inputs.map(input => (input ? 'i' : '-')).join('')}${output ? 'o' : ''}`]];
    }),
  );
}

describe('quantizeModel', () => {
  test('snaps each activation once, and not between a layer and the ReLU that it feeds', () => {
    expect(places(quantizeModel(mlp()))).toEqual({first: 'w8io', second: 'w8', relu: 'o', last: 'w8'});
  });

  test('leaves activations alone where only weights are quantized, and the output is that of the snapped weights', () => {
    const model = mlp();
    const quantized = quantizeModel(model, {weights: {bits: 4}, activations: null});
    expect(places(quantized)).toEqual({first: 'w4', second: 'w4', last: 'w4'});
    for (const name of ['first', 'second', 'last']) {
      const [kernel, bias] = model.getLayer(name).getWeights() as [Tensor, Tensor];
      const snapped = quantize(kernel.dataSync(), kernel.shape, {
        qtype: {name: 'qint4', bits: 4, qmin: -8, qmax: 7, signed: true},
        scheme: 'symmetric',
        granularity: {per: 'axis', axis: 1},
      });
      model.getLayer(name).setWeights([tf.tensor(snapped.dequantize(), kernel.shape), bias]);
    }
    const x = random('weights only', [5, 6]);
    const expected = predict(model, x);
    predict(quantized, x).forEach((y, i) => expect(y).toBeCloseTo(expected[i]!, 5));
  });

  test('lets activations pass until they were observed', () => {
    const model = mlp();
    const x = random('unobserved', [5, 6]);
    expect(predict(quantizeModel(model, {weights: null}), x)).toEqual(predict(model, x));
  });

  test('obeys rules and skips: mixed bits by name, pattern and class', () => {
    const recipe: Recipe = {
      weights: {bits: 4},
      rules: [
        {layers: {className: 'Dense'}, weights: {bits: 3, granularity: perTensor}},
        {layers: /^sec/, weights: {bits: 2}},
        {layers: 'last', activations: null},
      ],
      skip: ['first'],
    };
    // `last` takes what comes; `relu` has nobody to snap for, and `second` snaps what `first` left in float.
    expect(places(quantizeModel(mlp(), recipe))).toEqual({second: 'w2i', last: 'w3'});
  });

  test('refuses a selector that chooses nothing', () => {
    expect(() => quantizeModel(mlp(), {skip: ['frist']})).toThrow(
      "Expected the recipe's frist to choose a layer of the model, which has first, second, relu, last",
    );
    expect(() => quantizeModel(mlp(), {rules: [{layers: {className: 'Conv2D'}, weights: null}]})).toThrow("recipe's Conv2D");
  });

  test('refuses what is quantized already, what is not built, and bits that make no grid', () => {
    expect(() => quantizeModel(quantizeModel(mlp()))).toThrow('got first quantized already');
    expect(() => quantizeModel(tf.sequential())).toThrow('to be built');
    expect(() => quantizeModel(mlp(), {weights: {bits: 1}})).toThrow('2 to 16');
    expect(() => quantizeModel(mlp(), {activations: {bits: 17}})).toThrow('2 to 16');
  });

  test('keeps branches, shared layers, several inputs and models within models', async () => {
    const [a, b] = [tf.input({shape: [6], name: 'a'}), tf.input({shape: [6], name: 'b'})];
    const shared = tf.layers.dense({units: 5, activation: 'relu', name: 'shared'});
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({units: 4, inputShape: [5], name: 'in', activation: 'relu'}), tf.layers.dense({units: 5, name: 'out'})],
    });
    const left = shared.apply(a) as Symbolic;
    const right = shared.apply(b) as Symbolic;
    const sum = tf.layers.add({name: 'sum'}).apply([left, inner.apply(right) as Symbolic]) as Symbolic;
    const output = tf.layers.dense({units: 2, name: 'output'}).apply(sum) as Symbolic;
    const model = shake(tf.model({inputs: [a, b], outputs: output}), 'branches');
    const x = [random('a', [9, 6]), random('b', [9, 6])];
    const quantized = quantizeModel(model, {weights: {bits: 8}});
    expect(places(quantized)).toEqual({'shared': 'w8io', 'inner/in': 'w8io', 'inner/out': 'w8', 'sum': '-io', 'output': 'w8'});
    await calibrate(quantized, [x]);
    const expected = predict(model, x);
    const largest = Math.max(...expected.map(Math.abs));
    predict(quantized, x).forEach((y, i) => expect(Math.abs(y - expected[i]!)).toBeLessThan(0.05 * largest));
    expect(predict(quantized, x)).not.toEqual(expected);
    expect(places(quantizeModel(model, {skip: ['inner']}))).toEqual({shared: 'w8io', sum: '-io', output: 'w8'});
    expect(() => quantizeModel(model, {rules: [{layers: 'inner', weights: null}]})).toThrow("recipe's inner to choose a layer");
  });

  test('takes strides, padding, dilation and pools as they are', async () => {
    const {conv2d, depthwiseConv2d} = tf.layers;
    const model = shake(
      tf.sequential({
        layers: [
          conv2d({
            filters: 4,
            kernelSize: [3, 2],
            strides: [2, 1],
            padding: 'same',
            inputShape: [9, 8, 2],
            activation: 'relu6',
            name: 'conv',
          }),
          depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, padding: 'same', name: 'depthwise'}),
          tf.layers.reLU({name: 'relu'}),
          tf.layers.maxPooling2d({poolSize: 2, name: 'pool'}),
          conv2d({filters: 3, kernelSize: 2, dilationRate: 2, padding: 'same', useBias: false, name: 'dilated'}),
          tf.layers.globalAveragePooling2d({name: 'mean'}),
          tf.layers.dense({units: 2, name: 'dense'}),
        ],
      }),
      'convolutions',
    );
    const quantized = quantizeModel(model);
    expect(places(quantized)).toEqual({conv: 'w8io', depthwise: 'w8', relu: 'o', dilated: 'w8o', mean: 'o', dense: 'w8'});
    expect(quantized.getLayer('depthwise').getWeights()[0]!.shape).toEqual([3, 3, 4, 2]);
    const x = random('images', [4, 9, 8, 2]);
    await calibrate(quantized, [x]);
    const expected = predict(model, x);
    predict(quantized, x).forEach((y, i) => expect(Math.abs(y - expected[i]!)).toBeLessThan(0.05 * Math.max(...expected.map(Math.abs))));
  });

  test('snaps before an activation too where others take what comes before it, and not what only goes out', () => {
    const input = tf.input({shape: [4]});
    const {add, dense, reLU} = tf.layers;
    const sums = dense({units: 4, name: 'sums'}).apply(input) as Symbolic;
    const active = reLU({name: 'active'}).apply(sums) as Symbolic;
    const joined = add({name: 'joined'}).apply([sums, active]) as Symbolic;
    const shown = dense({units: 4, name: 'shown'}).apply(joined) as Symbolic;
    const after = reLU({name: 'after'}).apply(shown) as Symbolic;
    const last = dense({units: 2, name: 'last'}).apply(after) as Symbolic;
    const model = tf.model({inputs: input, outputs: [shown, last]});
    // `shown` goes out, so that its sums are no longer only those of `after`, which takes its codes.
    expect(places(quantizeModel(model))).toEqual({sums: 'w8io', active: 'o', joined: 'o', shown: 'w8o', after: 'o', last: 'w8'});
  });

  test('of 16 bits computes as the float model, random networks of all kinds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: 1e9}), async seed => {
        const draw = new Draw(`wide ${seed}`);
        const model = randomModel(tf, draw);
        const quantized = quantizeModel(model, {weights: {bits: 16}, activations: {bits: 16}});
        const x = randomTensor(tf, draw, [3, ...(model.inputs[0]!.shape.slice(1) as number[])]);
        await calibrate(quantized, [x]);
        const [expected, got] = [predict(model, x), predict(quantized, x)];
        const largest = Math.max(1, ...expected.map(Math.abs));
        expect(Math.max(...expected.map((y, i) => Math.abs(y - got[i]!)))).toBeLessThan(3e-3 * largest);
      }),
      {numRuns: 25},
    );
  });

  test('survives saving, and stripping where only weights are quantized, random networks of all kinds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: 1e9}), async seed => {
        const draw = new Draw(`saved ${seed}`);
        const model = randomModel(tf, draw);
        const recipe = randomRecipe(draw);
        const before = tf.memory().numTensors;
        const x = randomTensor(tf, draw, [3, ...(model.inputs[0]!.shape.slice(1) as number[])]);
        const quantized = quantizeModel(model, recipe);
        await calibrate(quantized, [x]);
        const loaded = (await savedAndLoaded(tf, quantized)).loaded;
        expect(predict(loaded, x)).toEqual(predict(quantized, x));
        const weightsOnly = quantizeModel(model, {...recipe, activations: null});
        const plain = strip(weightsOnly);
        const [expected, got] = [predict(weightsOnly, x), predict(plain, x)];
        const largest = Math.max(1, ...expected.map(Math.abs));
        expect(Math.max(...expected.map((y, i) => Math.abs(y - got[i]!)))).toBeLessThan(1e-5 * largest);
        for (const made of [quantized, loaded, weightsOnly, plain]) made.dispose();
        x.dispose();
        expect(tf.memory().numTensors).toBe(before);
      }),
      {numRuns: 25},
    );
  });

  test('keeps no tensors but the weights of the new model', async () => {
    const model = mlp();
    const x = random('leak', [4, 6]);
    const before = tf.memory().numTensors;
    const quantized = quantizeModel(model);
    await calibrate(quantized, [x]);
    predict(quantized, x);
    expect(tf.memory().numTensors).toBe(before + quantized.weights.length);
    quantized.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('calibrate', () => {
  test.each(['minMax', 'movingAverage', 'histogram', 'percentile', 'entropy'] as const)(
    'gives each activation the range of %s',
    async observer => {
      const quantized = quantizeModel(mlp(), {activations: {bits: 8, observer}});
      const batches = [random('c1', [50, 6]), random('c2', [50, 6], 2)];
      await calibrate(quantized, batches);
      for (const layer of quantizedLayers(quantized))
        for (const {range} of activationQuantizers(layer)) expect(range!.max).toBeGreaterThan(range!.min);
      const {range, grid} = quantizedLayers(quantized)[0]!.quantizers.inputs[0]!;
      const all = batches.flatMap(batch => Array.from(batch.dataSync()));
      if (observer === 'minMax') expect(range).toEqual({min: Math.min(...all), max: Math.max(...all)});
      else expect(range!.max).toBeLessThanOrEqual(Math.max(...all) * 1.001);
      expect(grid).toEqual(chooseQParams(range!.min, range!.max, {qtype: qint8, scheme: 'asymmetric'}));
    },
  );

  test('observes in float, whatever was observed before', async () => {
    const model = mlp();
    const quantized = quantizeModel(model, {weights: {bits: 2}, activations: {bits: 2}});
    const x = random('float', [50, 6]);
    const hidden = tf.model({inputs: model.inputs, outputs: model.getLayer('relu').output as never});
    await calibrate(quantized, [x.mul(9) as Tensor]);
    await calibrate(quantized, [x]);
    expect(quantizedLayers(quantized)[2]!.quantizers.output!.range!.max).toBe(Math.max(...predict(hidden, x)));
  });

  test('refuses to go without data, and keeps the ranges of before', async () => {
    const quantized = quantizeModel(mlp());
    await calibrate(quantized, [random('kept', [5, 6])]);
    const ranges = (): unknown => quantizedLayers(quantized).flatMap(layer => activationQuantizers(layer).map(({range}) => range));
    const before = ranges();
    await expect(calibrate(quantized, [])).rejects.toThrow('at least one batch');
    await expect(calibrate(quantized, [random('kept', [5, 6], 7), tf.tensor2d([[NaN, 1, 1, 1, 1, 1]])])).rejects.toThrow('NaN');
    expect(ranges()).toEqual(before);
  });
});

describe('a quantized model', () => {
  test('computes the same after it was saved and loaded, ranges, bits and frozen state included', async () => {
    const quantized = quantizeModel(mlp(), {
      weights: {bits: 4, scale: 'learned'},
      activations: {bits: 5, signed: false, observer: 'movingAverage', averagingConstant: 0.25},
      rules: [{layers: 'second', weights: {bits: 3, granularity: perTensor}}],
    });
    const x = random('saved', [5, 6]);
    await calibrate(quantized, [x]);
    freeze(quantized);
    const loaded = (await savedAndLoaded(tf, quantized)).loaded;
    expect(predict(loaded, x)).toEqual(predict(quantized, x));
    expect(places(loaded)).toEqual({first: 'w4io', second: 'w3', relu: 'o', last: 'w4'});
    const quantizers = quantizedLayers(loaded).flatMap(activationQuantizers);
    expect(quantizers.map(({frozen, options}) => ({frozen, ...options}))).toEqual(
      quantizers.map(() => ({frozen: true, bits: 5, signed: false, observer: 'movingAverage', averagingConstant: 0.25})),
    );
  });

  test('learns, moves its ranges while it does, and no more once frozen', async () => {
    const quantized = quantizeModel(mlp(), {weights: {bits: 4, scale: 'learned'}, activations: {bits: 4, averagingConstant: 0.1}});
    quantized.compile({optimizer: tf.train.adam(0.02), loss: 'meanSquaredError'});
    const x = random('train', [64, 6]);
    const y = tf.softmax(x.slice([0, 0], [64, 3]).mul(2));
    const loss = (): number => tf.tidy(() => tf.losses.meanSquaredError(y, quantized.predict(x) as Tensor).dataSync()[0]!);
    const ranges = (): unknown => quantizedLayers(quantized).flatMap(layer => activationQuantizers(layer).map(({range}) => range));
    const before = loss();
    const unseen = ranges();
    await quantized.fit(x, y, {epochs: 25, batchSize: 32, verbose: 0});
    expect(loss()).toBeLessThan(before / 2);
    const seen = ranges();
    expect(seen).not.toEqual(unseen);
    await quantized.fit(x, y, {epochs: 1, batchSize: 32, verbose: 0});
    expect(ranges()).not.toEqual(seen);
    freeze(quantized);
    const frozen = ranges();
    const tensors = tf.memory().numTensors;
    await quantized.fit(x, y, {epochs: 3, batchSize: 32, verbose: 0});
    expect(ranges()).toEqual(frozen);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('does not freeze before it saw anything', () => {
    expect(() => freeze(quantizeModel(mlp()))).toThrow('got none at first, relu; calibrate() or train the model first');
  });

  test('trains convolutions where the backend has their gradients, and says which is missing where not', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({filters: 2, kernelSize: 3, inputShape: [5, 5, 1], activation: 'relu'}),
        tf.layers.depthwiseConv2d({kernelSize: 2}),
        tf.layers.flatten(),
        tf.layers.dense({units: 1}),
      ],
    });
    const quantized = quantizeModel(model);
    quantized.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const training = quantized.fit(random('x', [4, 5, 5, 1]), random('y', [4, 1]), {verbose: 0, epochs: 1});
    if (backend.name === 'wasm') await expect(training).rejects.toThrow(/Kernel '\w+Backprop\w+' not registered/);
    else expect((await training).history['loss']![0]).toBeGreaterThan(0);
  });
});
