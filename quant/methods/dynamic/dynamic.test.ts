import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {DynamicDense, dynamicQuantizeLinear, quantize, quantizeDynamic, quint8} from '../../index.ts';
import {integerMatMul} from './integer-mat-mul.ts';
import {savedAndLoaded} from '../../models/fixtures/saved-and-loaded.ts';

interface Peer {
  readonly y: string;
  readonly codes: string;
  readonly scales: string;
}

/** Written by golden.py with PyTorch and ONNX Runtime; arrays as base64 of their bytes. */
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly {
    readonly name: string;
    readonly rows: number;
    readonly inputs: number;
    readonly units: number;
    readonly x: string;
    readonly w: string;
    readonly bias: string;
    readonly torch: Peer;
    readonly qnnpack: Peer;
    readonly onnxruntime: Peer & {readonly xCodes: string; readonly xScale: number; readonly xZeroPoint: number};
  }[];
};
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) : NaN;

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

describe.each(golden.cases)('$name', ({rows, inputs, units, ...setting}) => {
  const peers = [
    ['PyTorch', setting.torch, {activationBits: 7, weightScheme: 'symmetricFull'}],
    ["PyTorch's qnnpack", setting.qnnpack, {weightScheme: 'symmetricFull'}],
    ['ONNX Runtime', setting.onnxruntime, {steps: 'division'}],
  ] as const;

  test.each(peers)("has the codes and outputs of %s's quantize_dynamic", (_, peer, options) => {
    const layer = new DynamicDense({units, ...options});
    layer.setWeightsOf({kernel: tf.tensor2d(floatsOf(setting.w), [inputs, units]), bias: tf.tensor1d(floatsOf(setting.bias))});
    const x = tf.tensor2d(floatsOf(setting.x), [rows, inputs]);
    const kernel = layer.quantized();
    const zeros = kernel.scales.map((_, unit) => unit).filter(unit => unit === 1);
    const scales = floatsOf(peer.scales);
    // A unit of zeros has codes of zero; its scale is each library's own.
    for (const unit of zeros) scales[unit] = kernel.scales[unit]!;
    expect(kernel.codes()).toEqual(new Int8Array(bytesOf(peer.codes).buffer));
    expect(worst(kernel.scales, scales)).toBeLessThan(1e-9);
    const y = layer.apply(x) as Tensor;
    // One code of difference would show as 1e-4 or more.
    expect(worst(y.dataSync(), floatsOf(peer.y))).toBeLessThan(3e-6);
  });

  test("has the codes, scale and zero point of ONNX Runtime's DynamicQuantizeLinear", () => {
    const {xCodes, xScale, xZeroPoint} = setting.onnxruntime;
    const {codes, scale, zeroPoint} = dynamicQuantizeLinear(tf.tensor2d(floatsOf(setting.x), [rows, inputs]), {steps: 'division'});
    expect([...codes.dataSync()]).toEqual([...bytesOf(xCodes)]);
    expect([scale, zeroPoint]).toEqual([Math.fround(xScale), xZeroPoint]);
  });
});

test('rounds middles between codes as `quantize` does, by the inverse of the scale or by division', () => {
  const middles = Float32Array.from({length: 254}, (_, i) => (i + 0.5) * (3.7 / 255));
  const x = Float32Array.of(0, ...middles, 3.7);
  const codes = (['inverse', 'division'] as const).map(steps => {
    const found = dynamicQuantizeLinear(tf.tensor1d(x), {steps});
    const {scale, zeroPoint} = found;
    const expected = quantize(x, [x.length], {qtype: quint8, scales: [scale], zeroPoints: [zeroPoint], steps});
    expect([...found.codes.dataSync()]).toEqual([...expected.codes()]);
    return expected.codes();
  });
  expect(codes[0]).not.toEqual(codes[1]);
});

test('nothing at all has no codes, on a grid of scale 1', () => {
  const {codes, scale, zeroPoint} = dynamicQuantizeLinear(tf.zeros([0, 3]));
  expect([codes.shape, codes.dataSync().length, scale, zeroPoint]).toEqual([[0, 3], 0, 1, 0]);
});

describe('an integer product', () => {
  test('is exact where float32 would round, in BigInt', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 1600}), fc.string(), fc.boolean(), (inputs, seed, extreme) => {
        const draw = new Draw(seed);
        const a = Array.from({length: 2 * inputs}, () => (extreme ? 255 : draw.integer(-255, 255)));
        const b = Array.from({length: inputs}, () => (extreme ? -128 + draw.integer(0, 1) : draw.integer(-128, 127)));
        const product = tf.tidy(() => [...integerMatMul(tf.tensor2d(a, [2, inputs]), tf.tensor2d(b, [inputs, 1])).dataSync()]);
        const exact = [0, 1].map(row => Number(b.reduce((sum, value, i) => sum + BigInt(value) * BigInt(a[row * inputs + i]!), 0n)));
        expect(product).toEqual(exact);
      }),
      {numRuns: 40},
    );
  });
});

describe('quantizeDynamic', () => {
  const draws = (seed: string, shape: readonly number[]): Tensor =>
    tf.tensor(new Draw(seed).tensor(shape).data as Float32Array, [...shape]);

  function model(): Model {
    const input = tf.input({shape: [6, 8]});
    const twice = tf.layers.dense({units: 8, activation: 'tanh', name: 'twice'});
    const hidden = twice.apply(twice.apply(input)) as Symbolic;
    const inner = tf.sequential({name: 'inner', layers: [tf.layers.dense({units: 5, inputShape: [8], useBias: false, name: 'within'})]});
    const flat = tf.layers.flatten().apply(hidden) as Symbolic;
    const eight = tf.layers.dense({units: 8, activation: 'relu', name: 'eight'}).apply(flat) as Symbolic;
    const normal = tf.layers.batchNormalization({name: 'normal'}).apply(eight) as Symbolic;
    const output = tf.layers.dense({units: 3, activation: 'softmax', name: 'last'}).apply(inner.apply(normal) as Symbolic) as Symbolic;
    const made = tf.model({inputs: input, outputs: output});
    for (const weight of made.weights)
      if (!weight.name.includes('variance')) weight.write(draws(weight.name, weight.shape as number[]).mul(0.4));
    return made;
  }

  test('replaces Dense layers in all places, keeps shared layers one, and stays close', () => {
    const plain = model();
    const small = quantizeDynamic(plain);
    const classes = small.layers.map(layer => `${layer.name} ${layer.getClassName()}`);
    expect(classes).toContain('twice SnapgridDynamicDense');
    expect(classes).toContain('normal BatchNormalization');
    expect(classes.filter(text => text.startsWith('twice'))).toHaveLength(1);
    expect((small.getLayer('inner') as unknown as Model).layers.map(layer => layer.getClassName())).toContain('SnapgridDynamicDense');
    const x = draws('x', [10, 6, 8]);
    const [before, after] = [plain, small].map(net => (net.predict(x) as Tensor).dataSync());
    expect(worst(before!, after!)).toBeLessThan(0.03);
    expect(worst(before!, after!)).toBeGreaterThan(0);
    expect(plain.layers.some(layer => layer.getClassName() === 'SnapgridDynamicDense')).toBe(false);
  });

  test('takes a quarter of the weights, and survives saving', async () => {
    const plain = tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [128], name: 'one'}), tf.layers.dense({units: 2})]});
    const small = quantizeDynamic(plain);
    const {weightBytes: plainBytes} = await savedAndLoaded(tf, plain);
    const {loaded, weightBytes} = await savedAndLoaded(tf, small);
    expect(weightBytes).toBeLessThan(plainBytes / 3.5);
    const x = draws('saved', [3, 128]);
    expect((loaded.predict(x) as Tensor).dataSync()).toEqual((small.predict(x) as Tensor).dataSync());
  });

  test('leaves what is skipped, by name or class, and refuses a name that is none', () => {
    const small = quantizeDynamic(model(), {skip: ['twice', /^la/]});
    expect(small.layers.filter(layer => layer.getClassName() === 'SnapgridDynamicDense').map(({name}) => name)).toEqual(['eight']);
    expect(() => quantizeDynamic(model(), {skip: ['lost']})).toThrow("Expected the recipe's lost to choose a layer of the model");
  });

  test('keeps no tensors but the new weights and its outputs', () => {
    // Without a layer that is used twice: tfjs itself does not dispose those with their model.
    const plain = tf.sequential({
      layers: [
        tf.layers.flatten({inputShape: [6, 8]}),
        tf.layers.dense({units: 4}),
        tf.layers.batchNormalization(),
        tf.layers.dense({units: 2}),
      ],
    });
    const before = tf.memory().numTensors;
    const small = quantizeDynamic(plain);
    const x = draws('leak', [2, 6, 8]);
    (small.predict(x) as Tensor).dispose();
    x.dispose();
    small.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('defines a batch of zeros and one without rows', () => {
    const layer = new DynamicDense({units: 2});
    layer.setWeightsOf({kernel: draws('w', [3, 2]), bias: tf.tensor1d([1, -1])});
    expect([...(layer.apply(tf.zeros([1, 3])) as Tensor).dataSync()]).toEqual([1, -1]);
    expect((layer.apply(tf.zeros([0, 3])) as Tensor).shape).toEqual([0, 2]);
    for (const bad of [Infinity, -Infinity, NaN])
      expect(() => layer.apply(tf.tensor2d([[1, bad, 0]]))).toThrow('Expected finite min ≤ max');
  });
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
type Model = ReturnType<Backend['tf']['model']>;
type Symbolic = ReturnType<Backend['tf']['input']>;
