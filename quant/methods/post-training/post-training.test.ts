import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {
  activationQuantizers,
  calibrate,
  correctBiases,
  equalizeLayers,
  isQuantizedLayer,
  perTensor,
  postTrainingQuantize,
  quantizeModel,
  type Recipe,
  strip,
} from '../../index.ts';
import {randomTensor} from '../../models/fixtures/random-weights.ts';
import {meansBeforeActivation} from './correct-biases.ts';

type Tf = Backend['tf'];
type Model = ReturnType<Tf['sequential']> | ReturnType<Tf['model']>;
type Tensor = ReturnType<Tf['tensor']>;
type Symbolic = ReturnType<Tf['input']>;

let tf: Tf;
beforeAll(async () => {
  ({tf} = await loadBackend());
});

const random = (seed: string, shape: readonly number[], spread?: (index: number) => number): Tensor =>
  randomTensor(tf, new Draw(seed), shape, spread);

/** Weights whose output channels differ in size by powers of two, as folded batch normalizations leave them. */
function shake<M extends Model>(model: M, seed: string, uneven = true): M {
  const scale = new Draw(`${seed} scales`);
  for (const [i, weight] of model.weights.entries()) {
    const channels = Array.from({length: (weight.shape as number[]).at(-1)!}, () => (uneven ? 2 ** scale.integer(-4, 4) : 1));
    const values = random(`${seed} ${i}`, weight.shape as number[], k => channels[k % channels.length]! * 0.3);
    weight.write(weight.originalName.includes('variance') ? values.abs().add(0.05) : values);
  }
  return model;
}

/** Channels of one layer up, what takes them down by as much: the outputs stay, and one scale for all weights no longer fits. */
function unbalance<M extends Model>(model: M, pairs: readonly (readonly [string, string])[]): M {
  for (const [first, second] of pairs) {
    const [made, taken] = [model.getLayer(first).weights, model.getLayer(second).weights];
    const channels = (made[0]!.shape as number[]).at(-1)!;
    const run = (taken[0]!.shape as number[]).at(-1)!;
    for (const weight of made) weight.write(scaled(weight.read(), k => 4 ** (k % channels)));
    taken[0]!.write(scaled(taken[0]!.read(), k => 4 ** -(Math.floor(k / run) % channels)));
  }
  return model;
}

const scaled = (x: Tensor, by: (index: number) => number): Tensor =>
  tf.tensor(
    x.dataSync().map((value, k) => value * by(k)),
    x.shape,
  );

const outputsOf = (model: Model, x: Tensor): Float32Array => tf.tidy(() => (model.predict(x) as Tensor).dataSync<'float32'>());
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs));
const meanSquare = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;

function mobile(uneven = true): Model {
  const {averagePooling2d, batchNormalization, conv2d, dense, depthwiseConv2d, flatten, maxPooling2d, reLU, zeroPadding2d} = tf.layers;
  return shake(
    tf.sequential({
      layers: [
        conv2d({filters: 4, kernelSize: 3, inputShape: [12, 12, 2], activation: 'relu', name: 'first'}),
        zeroPadding2d({padding: 1}),
        depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, useBias: false, name: 'depthwise'}),
        batchNormalization({name: 'normal'}),
        reLU(),
        maxPooling2d({poolSize: 2}),
        conv2d({filters: 6, kernelSize: 1, padding: 'same', name: 'point'}),
        reLU(),
        averagePooling2d({poolSize: 2}),
        flatten(),
        dense({units: 10, activation: 'relu', name: 'dense'}),
        dense({units: 3, name: 'last'}),
      ],
    }),
    'mobile',
    uneven,
  );
}

describe('equalizeLayers', () => {
  test('by hand: two channels, four times as large here as there', () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({units: 2, inputShape: [1], activation: 'relu'}), tf.layers.dense({units: 1, useBias: false})],
    });
    model.setWeights([tf.tensor2d([[4, 1]]), tf.tensor1d([8, 3]), tf.tensor2d([[1], [4]])]);
    // s = √(4 · 1) / 1 = 2 and √(1 · 4) / 4 = 0.5
    expect(
      equalizeLayers(model)
        .getWeights()
        .map(weight => [...weight.dataSync()]),
    ).toEqual([
      [2, 2],
      [4, 6],
      [2, 2],
    ]);
  });

  test('changes no output, and makes the ranges of neighbours equal, through convolutions, pooling and flattening', () => {
    const model = quantizable();
    const x = random('x', [5, 12, 12, 2]);
    const count = tf.memory().numTensors;
    const equalized = equalizeLayers(model);
    const before = outputsOf(model, x);
    expect(worst(before, outputsOf(equalized, x))).toBeLessThan(1e-5 * largest(before));
    // [3, 3, 4, 2] depthwise → [1, 1, 8, 6]: what makes a channel is as large as what takes it.
    const depthwise = equalized.getLayer('depthwise').getWeights()[0]!.dataSync();
    const point = equalized.getLayer('point').getWeights()[0]!.dataSync();
    for (let channel = 0; channel < 8; channel++) {
      const made = largest(depthwise.filter((_, k) => k % 8 === channel));
      const taken = largest(point.filter((_, k) => Math.floor(k / 6) === channel));
      expect(made / taken).toBeCloseTo(1, 3);
    }
    expect(model.getLayer('first').getWeights()[0]!.dataSync()).not.toEqual(equalized.getLayer('first').getWeights()[0]!.dataSync());
    equalized.dispose();
    expect(tf.memory().numTensors).toBe(count);
  });

  test('of a convolution, a depthwise and a pointwise one, makes every channel as large as the geometric mean of the three', () => {
    const model = shake(
      tf.sequential({
        layers: [
          tf.layers.conv2d({filters: 3, kernelSize: 2, inputShape: [4, 4, 2], activation: 'relu', name: 'a'}),
          tf.layers.depthwiseConv2d({kernelSize: 2, name: 'b', activation: 'relu'}),
          tf.layers.conv2d({filters: 5, kernelSize: 1, name: 'c'}),
        ],
      }),
      'three',
    );
    const ranges = (net: Model): number[][] => {
      const [a, b, c] = ['a', 'b', 'c'].map(name => net.getLayer(name).getWeights()[0]!.dataSync());
      return [0, 1, 2].map(channel => [
        largest(a!.filter((_, k) => k % 3 === channel)),
        largest(b!.filter((_, k) => k % 3 === channel)),
        largest(c!.filter((_, k) => Math.floor(k / 5) === channel)),
      ]);
    };
    const equalized = ranges(equalizeLayers(model));
    // The closed form for three layers: equation 12 of Nagel et al. for depthwise convolutions.
    ranges(model).forEach(([r1, r2, r3], channel) => {
      for (const range of equalized[channel]!) expect(range / Math.cbrt(r1! * r2! * r3!)).toBeCloseTo(1, 3);
    });
  });

  test('changes no output of random models of dense layers', () => {
    const layers = fc.array(
      fc.record({
        units: fc.integer({min: 1, max: 6}),
        activation: fc.constantFrom('relu', 'linear', 'tanh', 'elu'),
        useBias: fc.boolean(),
        after: fc.constantFrom('nothing', 'relu', 'leaky', 'dropout', 'sigmoid'),
      }),
      {minLength: 2, maxLength: 5},
    );
    const following = {
      relu: () => tf.layers.reLU(),
      leaky: () => tf.layers.leakyReLU(),
      dropout: () => tf.layers.dropout({rate: 0.5}),
      sigmoid: () => tf.layers.activation({activation: 'sigmoid'}),
    };
    fc.assert(
      fc.property(layers, fc.string(), (list, seed) => {
        tf.tidy(() => {
          const model = tf.sequential();
          list.forEach(({after: next, ...config}, i) => {
            model.add(tf.layers.dense({...config, ...(i === 0 && {inputShape: [3]})}));
            if (next !== 'nothing') model.add(following[next]());
          });
          shake(model, seed);
          const passes = (activation: string): boolean => activation === 'relu' || activation === 'linear';
          const possible = list.slice(0, -1).some(({activation, after}) => passes(activation) && after !== 'sigmoid');
          if (!possible) return void expect(() => equalizeLayers(model)).toThrow('Expected two layers');
          const x = random(`${seed} x`, [4, 3]);
          const before = outputsOf(model, x);
          expect(worst(before, outputsOf(equalizeLayers(model), x))).toBeLessThan(2e-5 * (1 + largest(before)));
        });
      }),
      {numRuns: 60},
    );
  });

  test('changes no output of random models of convolutions', () => {
    const layers = fc.array(
      fc.record({
        kind: fc.constantFrom('conv', 'depthwise'),
        filters: fc.integer({min: 1, max: 4}),
        kernelSize: fc.integer({min: 1, max: 3}),
        strides: fc.integer({min: 1, max: 2}),
        padding: fc.constantFrom('same', 'valid'),
        useBias: fc.boolean(),
        next: fc.constantFrom('none', 'relu', 'max', 'average', 'zeros', 'relu6'),
      }),
      {minLength: 2, maxLength: 3},
    );
    const following = {
      relu: () => tf.layers.reLU(),
      max: () => tf.layers.maxPooling2d({poolSize: 2, strides: 1, padding: 'same'}),
      average: () => tf.layers.averagePooling2d({poolSize: 2, strides: 1, padding: 'same'}),
      zeros: () => tf.layers.zeroPadding2d({padding: 1}),
      relu6: () => tf.layers.reLU({maxValue: 6}),
    };
    fc.assert(
      fc.property(layers, fc.boolean(), fc.string(), (list, flatten, seed) => {
        tf.tidy(() => {
          const model = tf.sequential();
          list.forEach(({kind, filters, next, ...config}, i) => {
            // Never a stride beyond the window, where tfjs's WebAssembly sums something else.
            const kernelSize = Math.max(config.kernelSize, config.strides);
            const shared = {...config, kernelSize, ...(i === 0 && {inputShape: [15, 15, 2]})};
            model.add(
              kind === 'conv' ? tf.layers.conv2d({...shared, filters}) : tf.layers.depthwiseConv2d({...shared, depthMultiplier: filters}),
            );
            if (next !== 'none') model.add(following[next]());
          });
          model.add(flatten ? tf.layers.flatten() : tf.layers.globalMaxPooling2d({}));
          model.add(tf.layers.dense({units: 2}));
          shake(model, seed);
          if (list.every(({next}) => next === 'relu6')) return;
          const x = random(`${seed} x`, [2, 15, 15, 2]);
          const before = outputsOf(model, x);
          expect(worst(before, outputsOf(equalizeLayers(model), x))).toBeLessThan(3e-5 * (1 + largest(before)));
        });
      }),
      {numRuns: 30},
    );
  });

  test('leaves alone what branches, is shared or is put out, also within a model within', () => {
    const input = tf.input({shape: [4]});
    const dense = (name: string): ReturnType<Tf['layers']['dense']> => tf.layers.dense({units: 4, activation: 'relu', name});
    const branching = dense('branching').apply(input) as Symbolic;
    const one = dense('one').apply(branching) as Symbolic;
    const sum = tf.layers.add().apply([branching, one]) as Symbolic;
    const twice = dense('twice');
    const shared = twice.apply(twice.apply(sum)) as Symbolic;
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({units: 4, activation: 'relu', inputShape: [4], name: 'a'}), dense('b')],
    });
    const shown = dense('shown').apply(inner.apply(shared)) as Symbolic;
    const model = shake(tf.model({inputs: input, outputs: [shown, dense('end').apply(shown) as Symbolic]}), 'branches');
    const equalized = equalizeLayers(model);
    const changed = (name: string, from: Model = model, to: Model = equalized): boolean =>
      worst(from.getLayer(name).getWeights()[0]!.dataSync(), to.getLayer(name).getWeights()[0]!.dataSync()) > 0;
    expect(['branching', 'one', 'twice', 'shown', 'end'].filter(name => changed(name))).toEqual([]);
    const [from, to] = [model, equalized].map(net => net.getLayer('inner') as unknown as Model);
    expect(['a', 'b'].filter(name => changed(name, from, to))).toEqual(['a', 'b']);
  });

  test('leaves channels without weights alone', () => {
    const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [1]}), tf.layers.dense({units: 1})]});
    model.setWeights([tf.tensor2d([[0, 9]]), tf.tensor1d([1, 1]), tf.tensor2d([[5], [0]]), tf.tensor1d([0])]);
    expect(
      equalizeLayers(model)
        .getWeights()
        .map(weight => [...weight.dataSync()]),
    ).toEqual([[0, 9], [1, 1], [5, 0], [0]]);
  });

  /** The mobile net without its batch normalization: the same as after folding. */
  function quantizable(): Model {
    const {conv2d, dense, depthwiseConv2d, flatten, maxPooling2d, reLU} = tf.layers;
    return shake(
      tf.sequential({
        layers: [
          conv2d({filters: 4, kernelSize: 3, inputShape: [12, 12, 2], activation: 'relu', name: 'first'}),
          depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, name: 'depthwise'}),
          reLU(),
          maxPooling2d({poolSize: 2}),
          conv2d({filters: 6, kernelSize: 1, padding: 'same', name: 'point'}),
          reLU(),
          flatten(),
          dense({units: 3, name: 'last'}),
        ],
      }),
      'quantizable',
    );
  }
});

describe('correctBiases', () => {
  const weightsOnly: Recipe = {weights: {bits: 3}, activations: null};

  test('adds what the rounded weights take off a typical input: E[x] · (W − Ŵ)', () => {
    const model = shake(tf.sequential({layers: [tf.layers.dense({units: 5, inputShape: [7], activation: 'relu', name: 'one'})]}), 'one');
    const x = random('typical', [40, 7]).add(1);
    const quantized = quantizeModel(model, weightsOnly);
    const count = tf.memory().numTensors;
    correctBiases(model, quantized, [x.slice([0, 0], [10, 7]), x.slice([10, 0], [30, 7])]);
    expect(tf.memory().numTensors).toBe(count + 2); // the two batches
    const [kernel, bias] = model.getWeights();
    const snapped = strip(quantized).getWeights()[0]!;
    const expected = tf.add(bias!, tf.dot(tf.mean(x, 0), tf.sub(kernel!, snapped))).dataSync();
    expect(worst(quantized.getLayer('one').getWeights()[1]!.dataSync(), expected)).toBeLessThan(1e-4);
  });

  test('leaves every channel of every layer with the mean that it has in float', async () => {
    const model = mobile();
    const calibration = [random('batch 0', [6, 12, 12, 2]), random('batch 1', [3, 12, 12, 2])];
    const quantized = quantizeModel(model, {weights: {bits: 4}, activations: {bits: 6}});
    await calibrate(quantized, calibration);
    const watched = (net: Model): Float64Array[] =>
      meansBeforeActivation(
        net,
        ['first', 'point', 'dense', 'last'].map(name => net.getLayer(name)),
        calibration,
      );
    const wanted = watched(model);
    const before = watched(quantized);
    correctBiases(model, quantized, calibration);
    watched(quantized).forEach((means, i) => {
      expect(worst(means, wanted[i]!)).toBeLessThan(2e-4 * (1 + largest(wanted[i]!)));
      expect(worst(before[i]!, wanted[i]!)).toBeGreaterThan(50 * worst(means, wanted[i]!));
    });
  });

  test('refuses what it cannot measure or correct', () => {
    const model = shake(tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [2], useBias: false})]}), 'none');
    const quantized = quantizeModel(model, weightsOnly);
    expect(() => correctBiases(model, quantized, [])).toThrow('Expected at least one batch');
    expect(() => correctBiases(model, quantized, [tf.ones([1, 2])])).toThrow('with quantized weights and a bias');
  });
});

describe('postTrainingQuantize', () => {
  const recipe: Recipe = {weights: {bits: 5, granularity: perTensor}, activations: {bits: 8}};

  test('folds, equalizes, calibrates, corrects: each step brings the output nearer to the float model', async () => {
    const model = unbalance(mobile(false), [
      ['first', 'depthwise'],
      ['point', 'dense'],
      ['dense', 'last'],
    ]);
    const calibration = [0, 1, 2].map(i => random(`calibration ${i}`, [8, 12, 12, 2]));
    const x = random('held out', [40, 12, 12, 2]);
    const float = outputsOf(model, x);
    const before = model.getWeights().map(weight => weight.dataSync().slice());
    const count = tf.memory().numTensors;
    const errors: number[] = [];
    for (const options of [{}, {equalize: true}, {equalize: true, biasCorrection: true}]) {
      const quantized = await postTrainingQuantize(model, {recipe, calibration, ...options});
      errors.push(meanSquare(outputsOf(quantized, x), float));
      expect(quantized.layers.filter(layer => layer.getClassName() === 'BatchNormalization')).toEqual([]);
      const layers = quantized.layers.filter(isQuantizedLayer);
      expect(layers.length).toBeGreaterThan(4);
      expect(layers.flatMap(activationQuantizers).every(({frozen, range}) => frozen && range)).toBe(true);
      quantized.dispose();
    }
    expect(errors[1]).toBeLessThan(errors[0]! / 2);
    expect(errors[2]).toBeLessThan(errors[1]!);
    expect(tf.memory().numTensors).toBe(count);
    expect(model.getWeights().map(weight => weight.dataSync().slice())).toEqual(before);
  });

  test('gives a layer without a bias one to correct, and none otherwise', async () => {
    const model = shake(
      tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [4], useBias: false, name: 'bare', biasInitializer: 'ones'})]}),
      'bare',
    );
    const calibration = [random('bare', [16, 4])];
    const plain = await postTrainingQuantize(model, {calibration});
    expect((plain.getLayer('bare') as unknown as {bias: unknown}).bias).toBeFalsy();
    const corrected = await postTrainingQuantize(model, {calibration, biasCorrection: true, recipe: {weights: {bits: 2}}});
    const [, bias] = corrected.getLayer('bare').getWeights();
    expect(largest(bias!.dataSync())).toBeGreaterThan(0);
    expect(largest(bias!.dataSync())).toBeLessThan(1);
  });

  test('leaves none but its own tensors of a model that uses a layer twice', async () => {
    const inputs = [tf.input({shape: [4]}), tf.input({shape: [4]})];
    const twice = tf.layers.dense({units: 3});
    const sum = tf.layers.add().apply(inputs.map(input => twice.apply(input) as typeof input)) as (typeof inputs)[number];
    const model = shake(tf.model({inputs, outputs: sum}), 'twice');
    const batch = [tf.ones([2, 4]), tf.ones([2, 4])];
    const before = tf.memory().numTensors;
    const quantized = await postTrainingQuantize(model, {calibration: [batch], biasCorrection: true});
    expect(tf.memory().numTensors - before).toBe(quantized.weights.length);
  });

  test('leaves no tensors where it fails', async () => {
    const model = shake(tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [4]})]}), 'fails');
    const count = tf.memory().numTensors;
    await expect(postTrainingQuantize(model, {calibration: []})).rejects.toThrow('Expected at least one batch');
    await expect(postTrainingQuantize(model, {calibration: [], equalize: true})).rejects.toThrow('Expected two layers');
    await expect(postTrainingQuantize(model, {calibration: [], recipe: {skip: ['lost']}})).rejects.toThrow('to choose a layer');
    expect(tf.memory().numTensors).toBe(count);
  });
});
