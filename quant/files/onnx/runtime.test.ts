import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {InferenceSession, Tensor} from 'onnxruntime-node';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {
  activationRanges,
  chooseQParams,
  exportOnnx,
  memorySource,
  type OnnxForm,
  perGroup,
  perTensor,
  qint4,
  qint8,
  quantize,
  quantizeModel,
  quantizeValue,
  quint8,
  type Range,
  readOnnx,
  signed,
  unsigned,
} from '../../index.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});
type AnyTensor = ReturnType<Backend['tf']['tensor']>;

const {checked} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {checked: Record<string, string>};
const forms: readonly OnnxForm[] = ['float', 'qdq', 'dynamic', 'integer'];

/** Weights that are the same on every backend. */
function withWeights<T extends LayersModel>(model: T): T {
  const draw = new Draw('onnx weights');
  // Variances are above 0; all else may be anything.
  const weights = model.getWeights().map(weight => {
    const values = Float32Array.from({length: weight.size}, () => draw.normal(0, 0.5));
    return tf.tensor(weight.shape.length === 1 ? values.map(Math.abs) : values, weight.shape);
  });
  model.setWeights(weights);
  weights.forEach(weight => weight.dispose());
  return model;
}

function samples(model: LayersModel, count = 16): AnyTensor[] {
  const draw = new Draw('onnx samples');
  return model.inputs.map(({shape}) => {
    const sizes = shape.slice(1).map(size => size ?? 8);
    const length = sizes.reduce((product, size) => product * size, count);
    return tf.tensor(
      Float32Array.from({length}, () => draw.normal()),
      [count, ...sizes],
    );
  });
}

/** As it stands, or fused by all that the runtime knows: it then computes weights of few bits with activations of 8. */
async function run(
  bytes: Uint8Array,
  inputs: readonly AnyTensor[],
  graphOptimizationLevel: 'all' | 'disabled' = 'all',
): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    graphOptimizationLevel,
  });
  const feeds = inputs.map((x, i) => [session.inputNames[i]!, new Tensor('float32', Float32Array.from(x.dataSync()), x.shape)] as const);
  const result = await session.run(Object.fromEntries(feeds));
  await session.release();
  return result[session.outputNames[0]!]!.data as Float32Array;
}

function predicted(model: LayersModel, inputs: AnyTensor[]): Float32Array {
  return tf.tidy(() => Float32Array.from((model.predict(inputs) as AnyTensor).dataSync()));
}

const largest = (values: ArrayLike<number>): number => Array.from(values).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return largest(Array.from(a, (value, i) => value - b[i]!));
};

const models: Readonly<Record<string, (name: string) => LayersModel>> = {
  perceptron: name =>
    tf.sequential({
      name,
      layers: [
        tf.layers.dense({name: 'd1', units: 16, inputShape: [8], activation: 'relu'}),
        tf.layers.dense({name: 'd2', units: 12, useBias: false}),
        tf.layers.reLU({name: 'r', maxValue: 3}),
        tf.layers.dropout({name: 'drop', rate: 0.5}),
        tf.layers.dense({name: 'd3', units: 5, activation: 'softmax'}),
      ],
    }),
  convolutional: name =>
    tf.sequential({
      name,
      layers: [
        tf.layers.conv2d({name: 'c1', filters: 6, kernelSize: 3, inputShape: [9, 8, 2], padding: 'same', strides: 2, activation: 'relu'}),
        tf.layers.depthwiseConv2d({name: 'w', kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu6'}),
        tf.layers.maxPooling2d({name: 'm', poolSize: 2, strides: 1, padding: 'same'}),
        tf.layers.batchNormalization({name: 'b'}),
        tf.layers.conv2d({name: 'c2', filters: 4, kernelSize: [2, 3]}),
        tf.layers.averagePooling2d({name: 'a', poolSize: [2, 1], padding: 'same'}),
        tf.layers.flatten({name: 'f'}),
        tf.layers.dense({name: 'd', units: 5}),
      ],
    }),
  residual: name => {
    const x = tf.input({name: 'picture', shape: [6, 6, 3]});
    const shared = tf.layers.conv2d({name: 'shared', filters: 3, kernelSize: 3, padding: 'same', dilationRate: 2, useBias: false});
    const once = shared.apply(x) as typeof x;
    const sum = tf.layers
      .add({name: 'sum'})
      .apply([shared.apply(tf.layers.activation({name: 't', activation: 'tanh'}).apply(once)) as typeof x, x]);
    const pooled = tf.layers.globalAveragePooling2d({name: 'g', dataFormat: 'channelsLast'}).apply(sum) as typeof x;
    const more = tf.input({name: 'more', shape: [4]});
    const both = tf.layers.concatenate({name: 'both'}).apply([pooled, more]) as typeof x;
    return tf.model({name, inputs: [x, more], outputs: tf.layers.dense({name: 'last', units: 2}).apply(both) as typeof x});
  },
  'any size': name =>
    tf.sequential({
      name,
      layers: [
        tf.layers.zeroPadding2d({
          name: 'z',
          padding: [
            [1, 0],
            [2, 1],
          ],
          inputShape: [null, null, 2],
        }),
        tf.layers.conv2d({name: 'c', filters: 3, kernelSize: 3, padding: 'same', strides: 2}),
        tf.layers.leakyReLU({name: 'l', alpha: 0.25}),
        tf.layers.globalMaxPooling2d({name: 'g', dataFormat: 'channelsLast'}),
      ],
    }),
  'a sequence': name =>
    tf.sequential({
      name,
      layers: [
        tf.layers.dense({name: 'd1', units: 6, inputShape: [3, 4], activation: 'sigmoid'}),
        tf.layers.reshape({name: 'r', targetShape: [2, 9]}),
        tf.layers.dense({name: 'd2', units: 2, activation: 'elu'}),
      ],
    }),
};

describe.each(Object.keys(models))('ONNX Runtime runs: %s', name => {
  test.each(forms)('%s', async form => {
    const model = withWeights(models[name]!(name));
    const inputs = samples(model);
    const before = tf.memory().numTensors;
    const expected = predicted(model, inputs);
    const out = await run(exportOnnx(model, {form, ranges: activationRanges(model, inputs)}), inputs);
    const bound = form === 'float' ? 1e-5 : 0.06;
    expect(furthest(out, expected)).toBeLessThan(bound * largest(expected));
    // It is quantized indeed.
    if (form !== 'float') expect(furthest(out, expected)).toBeGreaterThan(1e-4 * largest(expected));
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
    inputs.forEach(x => x.dispose());
  });
});

describe('the integers of a model', () => {
  const ranges = new Map<string, Range>([
    ['d_input', {min: -3, max: 3.2}],
    ['d', {min: 0, max: 5}],
  ]);
  const dense = (config: object = {}): LayersModel =>
    withWeights(tf.sequential({name: 'one', layers: [tf.layers.dense({name: 'd', units: 5, inputShape: [8], ...config})]}));

  /** x · kernel + bias in whole numbers, as the formats define it. */
  function byHand(
    model: LayersModel,
    x: AnyTensor,
    levels: readonly [inputs: number, outputs: number],
  ): {exact: number[]; step: number; codes: number[]} {
    const [kernel, bias] = model.getWeights().map(weight => weight.dataSync());
    const {scale, zeroPoint} = chooseQParams(-3, 3.2, {qtype: quint8, scheme: 'asymmetric'});
    const output = chooseQParams(0, 5, {qtype: quint8, scheme: 'asymmetric'});
    const codes = quantize(x.dataSync(), x.shape, {qtype: quint8, scales: [scale], zeroPoints: [zeroPoint]}).codes();
    const [inputs, outputs] = levels;
    const exact = Array.from({length: x.shape[0]! * outputs}, (_, i) => {
      const [row, column] = [Math.floor(i / outputs), i % outputs];
      const weights = Array.from({length: inputs}, (_, k) => kernel![k * outputs + column]!);
      const weightScale = Math.fround(Math.max(...weights.map(Math.abs)) / 127);
      const sum = weights.reduce((sum, w, k) => sum + (codes[row * inputs + k]! - zeroPoint) * Math.round(w / weightScale), 0);
      const unit = Math.fround(scale * weightScale);
      return (sum + (bias ? Math.round(bias[column]! / unit) : 0)) * unit;
    });
    return {exact, step: output.scale, codes: exact.map(value => quantizeValue(Math.max(value, 0), output, quint8))};
  }

  test('give what whole numbers by hand give', async () => {
    const model = dense();
    const [x] = samples(model);
    const {exact} = byHand(model, x!, [8, 5]);
    for (const form of ['qdq', 'integer'] as const)
      expect(furthest(await run(exportOnnx(model, {form, ranges: new Map([...ranges].slice(0, 1))}), [x!]), exact)).toBeLessThan(2e-6);
  });

  test('are rounded to the grid of the output, and cut off at 0 for relu', async () => {
    const model = withWeights(
      tf.sequential({
        layers: [
          tf.layers.dense({name: 'd', units: 5, inputShape: [8], activation: 'relu'}),
          tf.layers.dense({name: 'same', units: 5, useBias: false}),
        ],
      }),
    );
    model.layers[1]!.setWeights([tf.eye(5)]);
    const [x] = samples(model);
    const {codes, step} = byHand(model, x!, [8, 5]);
    for (const form of ['qdq', 'integer'] as const) {
      const out = await run(exportOnnx(model, {form, ranges}), [x!]);
      expect(
        furthest(
          Array.from(out, value => value / step),
          codes,
        ),
      ).toBeLessThan(1e-4);
    }
  });

  test.each([
    ['integer', {}, ['QuantizeLinear', 'MatMulInteger', 'Add', 'Mul', 'Cast', 'Mul', 'Identity']],
    ['integer', {useBias: false}, ['QuantizeLinear', 'QLinearMatMul', 'DequantizeLinear', 'Identity']],
    ['dynamic', {}, ['DynamicQuantizeLinear', 'MatMulInteger', 'Mul', 'Cast', 'Mul', 'Add', 'Identity']],
    ['float', {}, ['Gemm', 'Identity']],
    ['qdq', {}, ['QuantizeLinear', 'DequantizeLinear', 'DequantizeLinear', 'DequantizeLinear', 'Gemm', 'Identity']],
  ] as const)('of the form %s are computed by their operators: %o', (form, config, ops) => {
    const [input] = ranges;
    const given = form === 'integer' && !('useBias' in config) ? new Map([input!]) : ranges;
    const model = readOnnx(memorySource(exportOnnx(dense(config), {form, ranges: given})));
    expect(model.nodes.map(({op}) => op)).toEqual(ops);
  });

  test('of a convolution are computed by QLinearConv, and stay integers through pooling and flattening', () => {
    const model = withWeights(models['convolutional']!('convolutional'));
    const inputs = samples(model);
    const {nodes, initializers} = readOnnx(memorySource(exportOnnx(model, {form: 'integer', ranges: activationRanges(model, inputs)})));
    const ops = nodes.map(({op}) => op);
    expect(ops.slice(0, 5)).toEqual(['Transpose', 'QuantizeLinear', 'QLinearConv', 'QLinearConv', 'MaxPool']);
    expect(ops.filter(op => op === 'QLinearConv')).toHaveLength(3);
    expect(initializers.get('c1/kernel_quantized')).toMatchObject({dtype: {name: 'INT8'}, shape: [6, 2, 3, 3]});
    expect(initializers.get('w/kernel_quantized')!.shape).toEqual([12, 1, 3, 3]);
  });

  test.each([
    ['4 bits per output', {qtype: qint4, scheme: 'symmetric'}, 'INT4'],
    ['4 bits in groups', {qtype: qint4, scheme: 'asymmetric', granularity: perGroup(4)}, 'INT4'],
    ['3 bits for the whole kernel', {qtype: signed(3), scheme: 'symmetricFull', granularity: perTensor}, 'INT4'],
    ['8 unsigned bits', {qtype: quint8, scheme: 'asymmetric'}, 'UINT8'],
  ] as const)('may be those of the weights only: %s', async (_, weights, dtype) => {
    const model = dense({units: 8});
    const [x] = samples(model);
    const bytes = exportOnnx(model, {weights});
    expect(readOnnx(memorySource(bytes)).initializers.get('d/kernel_quantized')!.dtype.name).toBe(dtype);
    const [kernel, bias] = model.getWeights();
    const restored = quantize(kernel!.dataSync(), kernel!.shape, {granularity: {per: 'axis', axis: -1}, ...weights}).dequantize();
    const expected = tf.tidy(() => tf.add(tf.matMul(x!, tf.tensor2d(restored, [8, 8])), bias!).dataSync());
    expect(furthest(await run(bytes, [x!], 'disabled'), expected)).toBeLessThan(1e-5);
    expect(furthest(await run(bytes, [x!]), expected)).toBeLessThan(0.05);
  });

  test('may be given, as codes of another method', async () => {
    const model = dense();
    const [x] = samples(model);
    const kernel = quantize(new Float32Array(40).fill(0.5), [8, 5], {qtype: qint8, scheme: 'symmetric'});
    const expected = tf.tidy(() => tf.add(tf.matMul(x!, tf.fill([8, 5], 0.5)), model.getWeights()[1]!).dataSync());
    for (const form of ['qdq', 'dynamic'] as const)
      expect(furthest(await run(exportOnnx(model, {form, kernels: new Map([['d', kernel]])}), [x!], 'disabled'), expected)).toBeLessThan(
        form === 'qdq' ? 1e-5 : 0.1,
      );
    const other = quantize(new Float32Array(45), [9, 5], {qtype: qint8, scheme: 'symmetric'});
    expect(() => exportOnnx(model, {kernels: new Map([['d', other]])})).toThrow(
      'Expected the quantized kernel of layer d to have shape [8, 5]',
    );
  });

  test('are refused where an operator does not take them, or a range is missing', () => {
    expect(() => exportOnnx(dense(), {form: 'integer'})).toThrow('Expected a range of what goes into layer d, got none');
    expect(() => exportOnnx(dense(), {form: 'dynamic', weights: {qtype: qint4, scheme: 'symmetric'}})).toThrow(
      'Expected weights of layer d of 5 to 8 signed bits, symmetric, per tensor or per output, got qint4; the form qdq takes the others',
    );
    const embedding = tf.sequential({layers: [tf.layers.embedding({name: 'e', inputDim: 4, outputDim: 2, inputLength: 3})]});
    expect(() => exportOnnx(embedding)).toThrow(/Expected layers of Dense, Conv2D.*, got e of class Embedding; end the model before it/);
    const plain = dense();
    expect(() => exportOnnx(quantizeModel(plain))).toThrow(/of class SnapgridQuantDense; export what strip\(\) gives/);
    const nested = tf.sequential({
      layers: [tf.layers.dense({units: 2, inputShape: [3]}), tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})]})],
    });
    expect(() => exportOnnx(nested)).toThrow(/of class Sequential; apply its layers one by one/);
    const kernel = quantize(new Float32Array(4), [2, 2], {qtype: qint8, scheme: 'symmetric'});
    expect(() => exportOnnx(plain, {kernels: new Map([['mistyped', kernel]])})).toThrow('got one for mistyped');
  });

  test('leave no tensors behind where the ranges of NaN are asked for', () => {
    const model = dense();
    const inputs = tf.fill([2, ...(model.inputs[0]!.shape.slice(1) as number[])], NaN);
    const before = tf.memory().numTensors;
    expect(() => activationRanges(model, inputs)).toThrow('got NaN');
    expect(tf.memory().numTensors).toBe(before);
    expect(() => exportOnnx(dense({activation: 'swish'}))).toThrow(/Expected an activation of linear, relu.* in layer d, got swish/);
  });
});

test.each(forms)('a model of the form %s holds no constant that nothing takes, and names none twice', form => {
  for (const name of Object.keys(models)) {
    const model = withWeights(models[name]!(name));
    const inputs = samples(model);
    const {nodes, initializers} = readOnnx(memorySource(exportOnnx(model, {form, ranges: activationRanges(model, inputs)})));
    const taken = new Set(nodes.flatMap(node => node.inputs));
    expect([...initializers.keys()].filter(constant => !taken.has(constant))).toEqual([]);
    // A layer that stands at two places has its weights twice.
    if (name !== 'residual') expect([...initializers.keys()].filter(constant => /_\d$/.test(constant))).toEqual([]);
    model.dispose();
    inputs.forEach(x => x.dispose());
  }
});

test.each([
  ['int8 activations', qint8],
  ['16-bit activations', unsigned(16)],
])('activations may be of another type: %s', async (_, activations) => {
  const model = withWeights(models['perceptron']!('perceptron'));
  const inputs = samples(model);
  const ranges = activationRanges(model, inputs);
  const error = async (options: object): Promise<number> =>
    furthest(await run(exportOnnx(model, {ranges, ...options}), inputs, 'disabled'), predicted(model, inputs));
  expect(await error({activations})).toBeLessThan(0.03);
  if (activations.bits > 8) expect(await error({activations})).toBeLessThan(await error({}));
  else expect(await error({activations, form: 'integer'})).toBeLessThan(0.03);
  model.dispose();
  inputs.forEach(x => x.dispose());
});

test('models are byte for byte those that onnx.checker has passed', () => {
  const folder = process.env['SNAPGRID_WRITE_ONNX'];
  const hashes = Object.keys(models).flatMap(name =>
    forms.map(form => {
      const model = withWeights(models[name]!(name));
      const named = [...model.inputNames, ...model.layers.map(({name}) => name)];
      const ranges = new Map(named.map((name, i) => [name, {min: i % 2 ? 0 : -2, max: 3}]));
      const bytes = exportOnnx(model, {form, ranges});
      const title = `${name} ${form}`;
      if (folder) {
        mkdirSync(folder, {recursive: true});
        writeFileSync(join(folder, `${title}.onnx`), bytes);
      }
      return [title, createHash('sha256').update(bytes).digest('hex')] as const;
    }),
  );
  // While they are being written anew, they cannot be those of before.
  expect(Object.fromEntries(hashes)).toEqual(folder ? expect.anything() : checked);
});

test('a sequence of layers is exported before it has computed anything', async () => {
  const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
  const session = await InferenceSession.create(exportOnnx(model, {form: 'float'}));
  const {[session.outputNames[0]!]: y} = await session.run({[session.inputNames[0]!]: new Tensor('float32', [1, 2, 3], [1, 3])});
  const expected = (model.predict(tf.tensor2d([[1, 2, 3]])) as AnyTensor).dataSync();
  (y!.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});
