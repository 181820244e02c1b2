import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {
  type Activation,
  calibrate,
  FakeQuant,
  foldBatchNorm,
  IntegerModel,
  type IntegerStep,
  memorySource,
  ObservedFakeQuant,
  Pact,
  QuantDense,
  quantizeModel,
  quantizeValue,
  readSafetensors,
  type Recipe,
  toInteger,
  writeSafetensors,
} from '../../index.ts';
import {randomModel, randomRecipe} from '../fixtures/random-model.ts';
import {randomTensor, shaken} from '../fixtures/random-weights.ts';
import {execute} from './execute.ts';

type Tf = Backend['tf'];
type Tensor = ReturnType<Tf['tensor']>;
type Symbolic = ReturnType<Tf['input']>;
type Model = ReturnType<Tf['model']>;

let tf: Tf;
beforeAll(async () => {
  ({tf} = await loadBackend());
});

interface Difference {
  /** In codes; of float values in units of the sums. */
  readonly largest: number;
  readonly equal: number;
  readonly count: number;
}

/** Each step on the very input that the fake-quantized model has there, against what that model gives there. */
function differences(quantized: Model, integer: IntegerModel, x: Tensor): Map<string, Difference> {
  const layers = quantized.layers.filter(layer => layer.getClassName() !== 'InputLayer');
  const outputs = tf.model({inputs: quantized.inputs, outputs: layers.map(layer => layer.output as Symbolic)}).predict(x, {batchSize: 99});
  const floats = new Map(layers.map((layer, i) => [layer.name, ([outputs].flat() as Tensor[])[i]!]));
  const values = integer.run([{shape: x.shape, data: x.dataSync() as Float32Array, grid: undefined}]);
  const references = new Map<string, Activation>();
  const found = new Map<string, Difference>();
  const reference = (name: string): Activation => {
    const known = references.get(name);
    if (known) return known;
    const float = floats.get(name) ?? x;
    const {grid} = values.get(name)!;
    const data = float.dataSync() as Float32Array;
    return {shape: float.shape, data: grid ? Int32Array.from(data, x => quantizeValue(x, grid, grid.qtype)) : data, grid};
  };
  for (const step of integer.steps) {
    const got = execute(step, step.inputs.map(reference));
    if (!floats.has(step.name)) {
      references.set(step.name, got);
      continue;
    }
    const expected = reference(step.name);
    expect(got.shape).toEqual(expected.shape);
    const unit = got.grid ? 1 : unitOf(step, integer.steps);
    const apart = Array.from(got.data, (value, i) => Math.abs(value - expected.data[i]!) / unit);
    found.set(step.name, {largest: Math.max(0, ...apart), equal: apart.filter(d => d === 0).length, count: got.grid ? apart.length : 0});
  }
  return found;
}

/** The steps that are further apart. */
function beyondOne(found: ReadonlyMap<string, Difference>): [name: string, largest: number][] {
  return [...found].filter(([, {largest}]) => !(largest <= 1)).map(([name, {largest}]) => [name, largest]);
}

/** What one unit of a float value's sums is: the rounding of the bias. */
function unitOf(step: IntegerStep, steps: readonly IntegerStep[]): number {
  const sums = step.op === 'float' ? steps.find(({name}) => name === step.inputs[0]) : step;
  return sums && 'kernel' in sums ? sums.inputScale * Math.max(...sums.kernel.scales) + 1e-5 : 1e-5;
}

/** The path to every value within. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map(path => [key, ...path])]);
}

describe('toInteger', () => {
  test('gives every layer of random models the fake-quantized codes within one', async () => {
    const total = {equal: 0, count: 0};
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: 1e9}), async seed => {
        const draw = new Draw(`integer ${seed}`);
        const quantized = quantizeModel(randomModel(tf, draw), randomRecipe(draw));
        const x = randomTensor(tf, draw, [3, ...(quantized.inputs[0]!.shape.slice(1) as number[])]);
        await calibrate(quantized, [x, randomTensor(tf, draw, x.shape)]);
        const found = differences(quantized, toInteger(quantized), x);
        expect(beyondOne(found)).toEqual([]);
        for (const {equal, count} of found.values()) {
          total.equal += Math.min(equal, count);
          total.count += count;
        }
      }),
      {numRuns: 60},
    );
    expect(total.equal / total.count).toBeGreaterThan(0.9);
  });

  function predicted(model: {predict(x: Tensor | Tensor[]): unknown}, x: Tensor | Tensor[]): Float32Array {
    return tf.tidy(() => (model.predict(x) as Tensor).dataSync().slice() as Float32Array);
  }

  /** How far two outputs are apart, as a share of the largest. */
  function apart(model: {predict(x: Tensor | Tensor[]): unknown}, integer: IntegerModel, x: Tensor | Tensor[]): number {
    const [expected, got] = [predicted(model, x), predicted(integer, x)];
    const largest = expected.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    return expected.reduce((most, y, i) => Math.max(most, Math.abs(y - got[i]!)), 0) / largest;
  }

  test('computes one layer as by hand', async () => {
    // x: 0 … 2.55 in steps of 0.01, code − 128; weights 1 and −0.5 in steps of 1/127.
    const layer = tf.layers.dense({units: 1, inputShape: [2], name: 'dense', weights: [tf.tensor2d([[1], [-0.5]]), tf.tensor1d([0.25])]});
    const quantized = quantizeModel(tf.sequential({layers: [layer]}));
    await calibrate(quantized, [tf.tensor2d([[0, 2.55]])]);
    const integer = toInteger(quantized);
    const [input, dense] = integer.steps as [IntegerStep, IntegerStep];
    expect([input.op, input.name, dense.op, dense.name]).toEqual(['quantize', 'dense/input0', 'dense', 'dense']);
    if (dense.op !== 'dense') throw new Error('no dense step');
    expect(Array.from(dense.kernel.codes())).toEqual([127, -64]);
    // 0.25 / (0.01 / 127)
    expect(Array.from(dense.bias)).toEqual([3175]);
    const values = integer.run([{shape: [1, 2], data: Float32Array.of(1, 2), grid: undefined}]);
    expect(Array.from(values.get('dense/input0')!.data)).toEqual([100 - 128, 200 - 128]);
    // (100 · 127 − 200 · 64 + 3175) · 0.01 / 127
    expect(values.get('dense')!.data[0]).toBeCloseTo((3075 * 0.01) / 127, 6);
    // Codes 2, a scale 4, a bias 4.
    expect(integer.byteLength).toBe(2 + 4 + 4);
  });

  test('takes shared layers, several inputs and outputs, and models within the model', async () => {
    const draw = new Draw('nested');
    const [a, b] = [tf.input({shape: [6], name: 'a'}), tf.input({shape: [6], name: 'b'})];
    const shared = tf.layers.dense({units: 5, activation: 'relu', name: 'shared'});
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({units: 4, inputShape: [5], activation: 'relu', name: 'in'}), tf.layers.dense({units: 5, name: 'out'})],
    });
    const left = inner.apply(shared.apply(a)) as Symbolic;
    const right = inner.apply(shared.apply(b)) as Symbolic;
    const sum = tf.layers.add({name: 'sum'}).apply([left, right]) as Symbolic;
    const outputs = [
      tf.layers.dense({units: 2, name: 'first'}).apply(sum),
      tf.layers.dense({units: 3, activation: 'softmax', name: 'second'}).apply(sum),
    ];
    const quantized = quantizeModel(shaken(tf, tf.model({inputs: [a, b], outputs: outputs as Symbolic[]}), draw, 0.4));
    const x = [randomTensor(tf, draw, [8, 6]), randomTensor(tf, draw, [8, 6])];
    await calibrate(quantized, [x]);
    const integer = toInteger(quantized);
    expect(integer.steps.map(({name}) => name)).toContain('inner/in#1');
    const [expected, got] = [quantized.predict(x) as Tensor[], integer.predict(x) as Tensor[]];
    expected.forEach((y, i) => {
      const [here, there] = [y.dataSync(), got[i]!.dataSync()];
      here.forEach((value, j) => expect(Math.abs(value - there[j]!)).toBeLessThan(0.03 * Math.max(...here.map(Math.abs))));
    });
  });

  test('takes a sequence that begins with an input layer or another sequence, with layers between that only train', async () => {
    const {dense, dropout, gaussianNoise, inputLayer} = tf.layers;
    const draw = new Draw('sequences');
    const [head, model] = [tf.sequential({name: 'head'}), tf.sequential()];
    head.add(inputLayer({inputShape: [4], name: 'x'}));
    head.add(dense({units: 3, activation: 'relu', name: 'one'}));
    for (const layer of [head, gaussianNoise({stddev: 1}), dropout({rate: 0.5}), dense({units: 2, name: 'two'})]) model.add(layer);
    const quantized = quantizeModel(shaken(tf, model, draw, 0.4));
    const x = randomTensor(tf, draw, [7, 4]);
    await calibrate(quantized, [x]);
    const integer = toInteger(quantized);
    expect(integer.steps.map(({name}) => name)).toEqual(['head/one/input0', 'head/one/sums', 'head/one', 'two/input0', 'two']);
    expect(apart(quantized, integer, x)).toBeLessThan(0.01);
  });

  test('takes layers that were put together by hand: learned ranges are grids', async () => {
    const draw = new Draw('hand');
    const model = tf.sequential({
      layers: [
        new ObservedFakeQuant({bits: 8, inputShape: [6], name: 'in'}),
        new QuantDense({units: 5, bits: 4, name: 'one'}),
        new FakeQuant({bits: 4, high: 2, name: 'range'}),
        new QuantDense({units: 5, bits: 3, name: 'two'}),
        new Pact({bits: 5, alpha: 1.5, name: 'pact'}),
        new QuantDense({units: 2, bits: 8, useBias: false, name: 'three'}),
      ],
    });
    const x = randomTensor(tf, draw, [9, 6]);
    await calibrate(model, [x]);
    const integer = toInteger(model);
    expect(integer.steps.map(({name}) => name)).toEqual(['in', 'range', 'pact', 'three']);
    expect(beyondOne(differences(model as never, integer, x))).toEqual([]);
  });

  test('follows a folded network end to end', async () => {
    const draw = new Draw('end to end');
    const {batchNormalization, conv2d, dense} = tf.layers;
    const model = tf.sequential({
      layers: [
        conv2d({filters: 8, kernelSize: 3, inputShape: [8, 8, 1], padding: 'same'}),
        batchNormalization(),
        tf.layers.reLU({maxValue: 6}),
        tf.layers.maxPooling2d({poolSize: 2}),
        conv2d({filters: 8, kernelSize: 3, activation: 'relu'}),
        tf.layers.globalAveragePooling2d({}),
        dense({units: 4, activation: 'softmax'}),
      ],
    });
    const quantized = quantizeModel(foldBatchNorm(model));
    const x = randomTensor(tf, draw, [16, 8, 8, 1]);
    await calibrate(quantized, [x]);
    expect(apart(quantized, toInteger(quantized), x)).toBeLessThan(0.02);
  });

  test('keeps all of it in a file', async () => {
    for (const seed of ['file 1', 'file 2', 'file 3']) {
      const draw = new Draw(seed);
      const quantized = quantizeModel(randomModel(tf, draw), randomRecipe(draw));
      const x = randomTensor(tf, draw, [3, ...(quantized.inputs[0]!.shape.slice(1) as number[])]);
      await calibrate(quantized, [x]);
      const integer = toInteger(quantized);
      const bytes = Buffer.concat([...integer.serialize()]);
      const again = IntegerModel.deserialize(memorySource(bytes));
      expect(predicted(again, x)).toEqual(predicted(integer, x));
      expect(again.byteLength).toBe(integer.byteLength);
      expect(Buffer.concat([...again.serialize()]).equals(bytes)).toBe(true);
      expect(() => IntegerModel.deserialize(memorySource(bytes.subarray(0, bytes.length - 3)))).toThrow(RangeError);
      const damaged = (from: string, to: string): IntegerModel =>
        IntegerModel.deserialize(memorySource(Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')));
      expect(() => damaged('\\"version\\":1', '\\"version\\":7')).toThrow('version 1, got 7');
      expect(() => damaged('\\"op\\":\\"quantize\\"', '\\"op\\":\\"quantise\\"')).toThrow('Expected a step with a known operation');
    }
  });

  test.each(['fuzz 1', 'fuzz 2', 'fuzz 3'])('refuses a file that was changed, or runs it, and does nothing else: %s', async seed => {
    const draw = new Draw(seed);
    const quantized = quantizeModel(randomModel(tf, draw));
    const x = randomTensor(tf, draw, [1, ...(quantized.inputs[0]!.shape.slice(1) as number[])]);
    await calibrate(quantized, [x]);
    const file = readSafetensors(memorySource(Buffer.concat([...toInteger(quantized).serialize()])));
    const key = 'snapgrid.integer_model';
    const program = file.metadata.get(key)!;
    const paths = pathsOf(JSON.parse(program));
    const values = fc.constantFrom(null, -1, 0, 1, 7, 0.5, 1e9, 2 ** 63, '', 'conv2d', 'add', [], [1], {}, true);
    fc.assert(
      fc.property(fc.constantFrom(...paths), values, (path, value) => {
        const changed = JSON.parse(program) as Record<string, unknown>;
        const place = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, changed);
        place[path.at(-1)!] = value;
        const tensors = [...file.tensors.values()].map(tensor => ({...tensor, bytes: () => file.bytes(tensor.name)}));
        const bytes = Buffer.concat([
          ...writeSafetensors({metadata: new Map([...file.metadata, [key, JSON.stringify(changed)]]), tensors}),
        ]);
        try {
          tf.dispose(IntegerModel.deserialize(memorySource(bytes)).predict(x));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^Expected .*(got|damaged)/);
        }
      }),
      {numRuns: 400},
    );
  });

  test('makes a file of the size that it says, a quarter of the float weights', async () => {
    const draw = new Draw('size');
    const quantized = quantizeModel(
      shaken(tf, tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [256], useBias: false})]}), draw, 0.4),
    );
    await calibrate(quantized, [randomTensor(tf, draw, [4, 256])]);
    const integer = toInteger(quantized);
    expect(integer.byteLength).toBe(64 * 256 + 64 * 4 + 64 * 4);
    const file = [...integer.serialize()].reduce((sum, piece) => sum + piece.length, 0);
    expect(file - integer.byteLength).toBeLessThan(2000);
  });

  test('gives a channel whose weights are all zero, or tiny beside its bias, its bias', async () => {
    const kernel = tf.tensor2d([
      [0, 1e-12, 1],
      [0, -1e-12, 1],
    ]);
    const layers = [
      tf.layers.dense({units: 3, inputShape: [2], weights: [kernel, tf.tensor1d([0.75, -0.5, 0])], name: 'one'}),
      tf.layers.dense({units: 1, weights: [tf.ones([3, 1]), tf.zeros([1])]}),
    ];
    const quantized = quantizeModel(tf.sequential({layers}));
    const x = tf.tensor2d([
      [1, -1],
      [0.5, 0.25],
    ]);
    await calibrate(quantized, [x]);
    const integer = toInteger(quantized);
    expect(beyondOne(differences(quantized as never, integer, x))).toEqual([]);
    expect(apart(quantized, integer, x)).toBeLessThan(0.01);
  });

  const refusals: readonly [string, (tf: Tf) => object[], Recipe, string][] = [
    [
      'batch normalization',
      tf => [tf.layers.dense({units: 2, inputShape: [2]}), tf.layers.batchNormalization()],
      {},
      'quantize what foldBatchNorm() gives',
    ],
    [
      'float weights',
      tf => [tf.layers.dense({units: 2, inputShape: [2], name: 'one'})],
      {weights: null},
      'Expected one to have quantized weights',
    ],
    [
      'float activations',
      tf => [tf.layers.dense({units: 2, inputShape: [2], name: 'one'})],
      {activations: null},
      'Expected one to take quantized',
    ],
    [
      'more than 8 bits',
      tf => [tf.layers.dense({units: 2, inputShape: [2], name: 'one'})],
      {weights: {bits: 9}},
      'got 9 for the weights of one',
    ],
    [
      'many bits of activations',
      tf => [tf.layers.dense({units: 2, inputShape: [2]})],
      {activations: {bits: 16}},
      'got 16 for the activations of',
    ],
    [
      'tanh between layers',
      tf => [tf.layers.dense({units: 2, inputShape: [2], activation: 'tanh', name: 'one'}), tf.layers.dense({units: 1})],
      {},
      'Expected linear, relu or relu6 between integer layers, got tanh at one',
    ],
    [
      'another class',
      tf => [tf.layers.dense({units: 2, inputShape: [2]}), tf.layers.layerNormalization({name: 'norm'})],
      {},
      'got norm of class LayerNormalization',
    ],
    [
      'channels first',
      tf => [tf.layers.conv2d({filters: 1, kernelSize: 1, inputShape: [1, 2, 2], dataFormat: 'channelsFirst', name: 'c'})],
      {},
      'got channelsFirst at c',
    ],
  ];

  test.each(refusals)('refuses %s, and says what to do', async (_, layers, recipe, message) => {
    const quantized = quantizeModel(tf.sequential({layers: layers(tf) as never}), recipe);
    const shape = quantized.inputs[0]!.shape.slice(1) as number[];
    if (shape.length === 1) await calibrate(quantized, [tf.ones([1, ...shape])]);
    else
      for (const layer of quantized.layers) layer.setWeights(layer.weights.map(w => (w.shape[0] === 2 ? tf.tensor1d([0, 1]) : w.read())));
    expect(() => toInteger(quantized)).toThrow(message);
  });

  test('refuses a model that was not calibrated, and inputs that do not fit', async () => {
    const quantized = quantizeModel(tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [2], name: 'one'})]}));
    expect(() => toInteger(quantized)).toThrow('got none at one; calibrate() or train the model first');
    await calibrate(quantized, [tf.ones([1, 2])]);
    const integer = toInteger(quantized);
    expect(() => integer.predict(tf.ones([1, 3]))).toThrow('Expected inputs of shape [-1, 2], −1 for any length, got [1, 3]');
    expect(() => integer.predict(tf.tensor2d([[1, NaN]]))).toThrow(/Expected numbers to quantize in step .*, got NaN; find where/);
    expect(() => integer.predict([tf.ones([1, 2]), tf.ones([1, 2])])).toThrow('got [1, 2] and [1, 2]');
  });

  test('keeps no tensors but its output', async () => {
    const draw = new Draw('leak');
    const quantized = quantizeModel(randomModel(tf, draw));
    const x = randomTensor(tf, draw, [3, ...(quantized.inputs[0]!.shape.slice(1) as number[])]);
    await calibrate(quantized, [x]);
    const before = tf.memory().numTensors;
    const output = toInteger(quantized).predict(x) as Tensor;
    expect(tf.memory().numTensors).toBe(before + 1);
    output.dispose();
  });
});
