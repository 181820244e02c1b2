import {readFileSync} from 'node:fs';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {Draw} from '../../data/draw.ts';
import {
  calibrate,
  chooseQParams,
  fakeQuantize,
  freeze,
  ObservedFakeQuant,
  pact,
  Pact,
  perAxis,
  perTensor,
  qint8,
  QuantConv2D,
  QuantDense,
  QuantDepthwiseConv2D,
} from '../index.ts';
import {savedAndLoaded} from '../models/fixtures/saved-and-loaded.ts';

type Tf = Backend['tf'];
type Tensor = ReturnType<Tf['tensor']>;
type Arrays = 'x' | 'kernel' | 'bias' | 'scale' | 'y' | 'dy' | 'dx' | 'dKernel' | 'dBias';
type Golden = {
  readonly kind: 'dense' | 'conv2d' | 'depthwise';
  readonly bits: number;
  readonly per: 'channel' | 'tensor';
  readonly shapes: Readonly<Record<Arrays, number[]>>;
} & Readonly<Record<Arrays, string>>;
interface PactGolden extends Readonly<Record<'x' | 'dy' | 'y' | 'dx', string>> {
  readonly bits: number;
  readonly alpha: number;
  readonly dAlpha: number;
}

const read = (file: string): unknown => (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as {cases: unknown}).cases;
/** Written by quantized-layers-golden.py and pact-golden.py with PyTorch. */
const goldens = read('quantized-layers-golden.json') as readonly Golden[];
const pactGoldens = read('pact-golden.json') as readonly PactGolden[];
const floatsOf = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

let tf: Tf;
let backend: Backend;
beforeAll(async () => {
  backend = await loadBackend();
  ({tf} = backend);
});

function expectClose(tensor: Tensor, base64: string): void {
  const expected = floatsOf(base64);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  expect(tensor.size).toBe(expected.length);
  tensor.dataSync().forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6 * largest));
}

function layerOf({kind, bits, per}: Golden): QuantDense | InstanceType<typeof QuantConv2D> {
  const common = {bits, granularity: per === 'tensor' ? perTensor : perAxis(-1), scale: 'absMax', activation: 'relu'} as const;
  if (kind === 'dense') return new QuantDense({...common, units: 4});
  if (kind === 'conv2d') return new QuantConv2D({...common, filters: 4, kernelSize: [3, 2], strides: [2, 1]});
  return new QuantDepthwiseConv2D({...common, kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same'});
}

test('loading the toolkit uses up none of the names that tfjs makes up for layers', () => {
  const {layers} = tf;
  const names = [layers.dense({units: 1}), layers.reLU(), layers.conv2d({filters: 1, kernelSize: 1})].map(({name}) => name);
  expect(names).toEqual(['dense_Dense1', 're_lu_ReLU1', 'conv2d_Conv2D1']);
});

describe('the layers', () => {
  test.each(goldens)('compute and pass gradients as PyTorch with snapped weights does: $kind, $bits bits per $per', golden => {
    const tensorOf = (name: Arrays): Tensor => tf.tensor(floatsOf(golden[name]), golden.shapes[name]);
    const layer = layerOf(golden);
    const x = tensorOf('x');
    tf.dispose(layer.apply(x) as Tensor);
    layer.setWeights([tensorOf('kernel'), tensorOf('bias')]);
    const y = layer.apply(x) as Tensor;
    expect(y.shape).toEqual(golden.shapes.y);
    expectClose(y, golden.y);
    const {weights, kernel} = layer.quantizers;
    expectClose(weights!.codes(kernel!.read()).scale, golden.scale);
    const [, bias] = layer.trainableWeights;
    const variables = [kernel!, bias!].map(weight => weight.read() as InstanceType<Tf['Variable']>);
    const gradients = (): void => {
      const {grads} = tf.variableGrads(() => (layer.apply(x) as Tensor).mul(tensorOf('dy')).sum(), variables);
      expectClose(grads[variables[0]!.name]!, golden.dKernel);
      expectClose(grads[variables[1]!.name]!, golden.dBias);
      expectClose(tf.grad(x => (layer.apply(x) as Tensor).mul(tensorOf('dy')).sum())(x), golden.dx);
    };
    // WebAssembly has no gradients of convolutions: the error says which it misses.
    if (backend.name === 'wasm' && golden.kind !== 'dense') expect(gradients).toThrow(/Kernel '\w+Backprop\w+' not registered/);
    else gradients();
  });

  test('refuse groups, other axes, and a dilation that tfjs would leave out', () => {
    expect(() => new QuantDense({units: 1, bits: 4, granularity: {per: 'group', size: 2}})).toThrow('Expected perTensor or perAxis(-1)');
    expect(() => new QuantConv2D({filters: 1, kernelSize: 1, bits: 4, granularity: perAxis(0)})).toThrow(
      'Expected perTensor or perAxis(-1)',
    );
    expect(() => new QuantDepthwiseConv2D({kernelSize: 3, bits: 4, dilationRate: 2})).toThrow('Expected no dilation in');
    expect(() => new QuantConv2D({filters: 1, kernelSize: 1, bits: 1})).toThrow('from 2 to 16');
  });

  test('give weights that are all zero zero, with no NaN in the gradient', () => {
    const layer = new QuantDense({units: 2, bits: 4, scale: 'absMax', kernelInitializer: 'zeros'});
    const x = tf.ones([1, 3]);
    expect(Array.from((layer.apply(x) as Tensor).dataSync())).toEqual([0, 0]);
    const kernel = layer.quantizers.kernel!.read() as InstanceType<Tf['Variable']>;
    const {grads} = tf.variableGrads(() => (layer.apply(x) as Tensor).sum(), [kernel]);
    expect(Array.from(grads[kernel.name]!.dataSync())).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('learn their scales, by the gradient that finite differences show where all is clipped', () => {
    const layer = new QuantDense({units: 1, bits: 2, scale: 'learned'});
    const x = tf.tensor2d([[1, 2, 3]]);
    tf.dispose(layer.apply(x) as Tensor);
    const [kernel, bias] = layer.getWeights() as [Tensor, Tensor];
    const at = (scale: number): number => {
      layer.setWeights([tf.fill(kernel.shape, -5), bias, tf.fill([1, 1], scale)]);
      return (layer.apply(x) as Tensor).dataSync()[0]!;
    };
    const slope = (at(0.51) - at(0.49)) / 0.02;
    at(0.5);
    const scale = layer.trainableWeights[2]!.read() as InstanceType<Tf['Variable']>;
    const {grads} = tf.variableGrads(() => (layer.apply(x) as Tensor).sum(), [scale]);
    expect(grads[scale.name]!.dataSync()[0]).toBeCloseTo(slope, 3);
    expect(slope).toBeCloseTo(-12, 3);
  });
});

describe('ObservedFakeQuant', () => {
  test('snaps to the grid of the range that calibration saw, signed and asymmetric', async () => {
    const model = tf.sequential({layers: [new ObservedFakeQuant({bits: 8, inputShape: [4]})]});
    const draw = new Draw('observed');
    const x = tf.tensor2d(draw.tensor([20, 4], () => draw.normal(1, 2)).data as Float32Array, [20, 4]);
    await calibrate(model, [x]);
    const values = x.dataSync() as Float32Array;
    const grid = chooseQParams(Math.min(...values), Math.max(...values), {qtype: qint8, scheme: 'asymmetric'});
    const expected = fakeQuantize(x, {...grid, qmin: -128, qmax: 127}).dataSync();
    expect((model.predict(x) as Tensor).dataSync()).toEqual(expected);
    expect(grid.zeroPoint).not.toBe(0);
  });

  test('follows batches while training, by a hundredth of the way, until it is frozen', async () => {
    const layer = new ObservedFakeQuant({bits: 8, inputShape: [2]});
    const model = tf.sequential({layers: [layer]});
    const train = (low: number, high: number): Tensor => layer.apply(tf.tensor2d([[low, high]]), {training: true}) as Tensor;
    train(-1, 1);
    train(-2, 5);
    const {min, max} = layer.quantizers.output!.range!;
    expect([min, max]).toEqual([Math.fround(-1.01), Math.fround(1.04)]);
    freeze(model);
    train(-9, 9);
    expect(layer.quantizers.output!.range).toEqual({min, max});
    expect(layer.getConfig()).toMatchObject({bits: 8, frozen: true});
  });

  test('refuses the symmetric scheme without sign, and an observer that is none', () => {
    const apply = (config: object) => () => new ObservedFakeQuant({bits: 8, ...config}).apply(tf.zeros([1, 1]));
    expect(apply({signed: false, scheme: 'symmetric'})).toThrow('signed type');
    expect(apply({observer: 'median'})).toThrow('got "median"');
    expect(apply({averagingConstant: 2})).toThrow('from 0 to 1');
  });
});

describe('PACT', () => {
  test.each(pactGoldens)('clips, snaps and passes gradients as published: $bits bits', ({bits, alpha, dAlpha, ...golden}) => {
    const x = tf.tensor1d(floatsOf(golden.x));
    const snap = (x: Tensor, alpha: Tensor): Tensor => pact(x, alpha, {bits});
    expect(Array.from(snap(x, tf.scalar(alpha)).dataSync(), v => v + 0)).toEqual(Array.from(floatsOf(golden.y)));
    const [dx, toAlpha] = tf.grads(snap)([x, tf.scalar(alpha)], tf.tensor1d(floatsOf(golden.dy)));
    expect(Array.from(dx!.dataSync(), v => v + 0)).toEqual(Array.from(floatsOf(golden.dx), v => v + 0));
    expect(toAlpha!.shape).toEqual([]);
    expect(toAlpha!.dataSync()[0]).toBeCloseTo(dAlpha, 4);
  });

  test('agrees with finite differences where everything is clipped', () => {
    const x = tf.tensor1d([5, 7, 9]);
    const at = (alpha: number): number => pact(x, tf.scalar(alpha), {bits: 3}).sum().dataSync()[0]!;
    const [, toAlpha] = tf.grads((x, alpha) => pact(x, alpha, {bits: 3}))([x, tf.scalar(1)]);
    expect(toAlpha!.dataSync()[0]).toBeCloseTo((at(1.01) - at(0.99)) / 0.02, 3);
  });

  test('is a layer that learns where to clip, pulled down by its decay, and survives saving', async () => {
    const model = tf.sequential({layers: [new Pact({bits: 4, alpha: 2, decay: 0.1, inputShape: [3]})]});
    const layer = model.layers[0] as Pact;
    model.compile({optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError'});
    const x = tf.tensor2d([[0.1, 0.2, 0.3]]);
    await model.fit(x, x, {epochs: 3, verbose: 0});
    // Nothing is clipped: only the decay pulls, α ← α − 0.5 · 0.2 · α.
    expect(layer.clip).toBeCloseTo(2 * 0.9 ** 3, 5);
    const {loaded} = await savedAndLoaded(tf, model);
    expect((loaded.predict(x) as Tensor).dataSync()).toEqual((model.predict(x) as Tensor).dataSync());
    expect((loaded.layers[0] as Pact).clip).toBe(layer.clip);
  });

  test('refuses what makes no clipping, and keeps no tensors', () => {
    expect(() => new Pact({bits: 4, alpha: 0})).toThrow('alpha above 0');
    expect(() => new Pact({bits: 4, decay: -1})).toThrow('decay of 0 or more');
    expect(() => pact(tf.ones([2]), tf.ones([2]), {bits: 4})).toThrow('one alpha');
    const [x, alpha] = [tf.ones([2]), tf.scalar(1)];
    const before = tf.memory().numTensors;
    pact(x, alpha, {bits: 4}).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
