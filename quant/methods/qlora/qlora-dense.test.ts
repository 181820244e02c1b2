import {readFileSync} from 'node:fs';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {QLoraDense} from '../../index.ts';
import {savedAndLoaded} from '../../models/fixtures/saved-and-loaded.ts';

/** Written by golden.py with PyTorch and bitsandbytes; arrays as base64 of their bytes. */
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly ({
    readonly codebook: 'nf4' | 'fp4';
    readonly doubleQuantization: boolean;
  } & {readonly [name in 'rank' | 'alpha' | 'inputs' | 'units' | 'rows']: number} & {
    readonly [name in 'kernel' | 'bias' | 'packed' | 'x' | 'dy' | 'a' | 'b' | 'y' | 'da' | 'db' | 'dx' | 'trainedA' | 'trainedB']: string;
  })[];
};
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

/** The largest difference from what was expected; NaN where there are not as many numbers. */
function worst(found: Tensor, expected: string): number {
  const values = floatsOf(expected);
  return found.size === values.length ? Math.max(...found.dataSync().map((value, i) => Math.abs(value - values[i]!))) : NaN;
}

describe.each(golden.cases)('as in PyTorch: $codebook, double $doubleQuantization, rank $rank', setting => {
  const {inputs, units, rows, rank, alpha, codebook, doubleQuantization} = setting;
  let layer: QLoraDense;
  let x: Tensor2D;
  beforeAll(() => {
    layer = new QLoraDense({units, rank, alpha, codebook, doubleQuantization, activation: 'relu'});
    layer.setBase({kernel: tf.tensor2d(floatsOf(setting.kernel), [inputs, units]), bias: tf.tensor1d(floatsOf(setting.bias))});
    layer.trainableWeights[0]!.write(tf.tensor2d(floatsOf(setting.a), [inputs, rank]));
    layer.trainableWeights[1]!.write(tf.tensor2d(floatsOf(setting.b), [rank, units]));
    x = tf.tensor2d(floatsOf(setting.x), [rows, inputs]);
  });

  test("the base has bitsandbytes' codes", () => {
    expect(layer.base().packed).toEqual(bytesOf(setting.packed));
    expect(layer.base().absMax instanceof Float32Array).toBe(!doubleQuantization);
  });

  test('the same output and gradients', () => {
    expect(worst(layer.apply(x) as Tensor, setting.y)).toBeLessThan(2e-5);
    const [a, b] = layer.trainableWeights.map(weight => weight.read() as Variable);
    const dy = tf.tensor2d(floatsOf(setting.dy), [rows, units]);
    const {grads} = tf.variableGrads(() => tf.sum(tf.mul(layer.apply(x) as Tensor, dy)).asScalar(), [a!, b!]);
    expect(worst(grads[a!.name]!, setting.da)).toBeLessThan(2e-5);
    expect(worst(grads[b!.name]!, setting.db)).toBeLessThan(2e-5);
    expect(worst(tf.grad(x => layer.apply(x) as Tensor)(x, dy), setting.dx)).toBeLessThan(2e-5);
  });

  test('a merged dense layer computes the same', () => {
    const {kernel, bias} = layer.merged();
    expect(worst(tf.relu(tf.add(tf.matMul(x, kernel), bias!)), setting.y)).toBeLessThan(2e-5);
  });

  test('the same adapters after five steps, and the base as it was', () => {
    const frozen = layer.nonTrainableWeights.map(weight => weight.read().dataSync().slice());
    const variables = layer.trainableWeights.map(weight => weight.read() as Variable);
    const optimizer = tf.train.sgd(0.01);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 5; step++)
      optimizer.minimize(() => tf.mean(tf.square(layer.apply(x) as Tensor)).asScalar(), false, variables);
    expect(tf.memory().numTensors).toBe(before);
    expect(worst(variables[0]!, setting.trainedA)).toBeLessThan(2e-5);
    expect(worst(variables[1]!, setting.trainedB)).toBeLessThan(2e-5);
    expect(layer.nonTrainableWeights.map(weight => weight.read().dataSync().slice())).toEqual(frozen);
  });
});

describe('in a model', () => {
  const draws = (seed: string, shape: readonly [number, number]): Tensor2D =>
    tf.tensor2d(new Draw(seed).tensor(shape).data as Float32Array, [...shape]);
  const model = (): ReturnType<Backend['tf']['sequential']> => {
    const made = tf.sequential({
      layers: [
        new QLoraDense({units: 32, rank: 2, activation: 'relu', inputShape: [64], name: 'first'}),
        new QLoraDense({units: 1, rank: 1, useBias: false, doubleQuantization: false, name: 'last'}),
      ],
    });
    (made.layers[0] as QLoraDense).setBase({kernel: draws('first', [64, 32]).mul(0.1)});
    (made.layers[1] as QLoraDense).setBase({kernel: draws('last', [32, 1]).mul(0.1)});
    // The same start each time.
    for (const layer of made.layers) {
      const [a] = layer.trainableWeights;
      a!.write(draws(layer.name, a!.shape as [number, number]).mul(0.1));
    }
    return made;
  };

  test('begins as its base, learns with its adapters alone, and keeps its codes', async () => {
    const net = model();
    const x = draws('x', [64, 64]);
    const y = tf.mean(tf.abs(x), 1, true);
    const base = net.layers.map(layer => (layer as QLoraDense).base().packed);
    const kernel = (net.layers[0] as QLoraDense).merged().kernel;
    expect(
      kernel
        .sub(draws('first', [64, 32]).mul(0.1))
        .abs()
        .max()
        .dataSync()[0],
    ).toBeLessThan(0.06);
    const loss = (): number => tf.losses.meanSquaredError(y, net.predict(x) as Tensor).dataSync()[0]!;
    const start = loss();
    net.compile({optimizer: tf.train.adam(0.02), loss: 'meanSquaredError'});
    await net.fit(x, y, {epochs: 20, batchSize: 16, shuffle: false, verbose: 0});
    expect(loss()).toBeLessThan(start / 3);
    expect(net.layers.map(layer => (layer as QLoraDense).base().packed)).toEqual(base);
  });

  test('survives saving and loading, codes, adapters and settings', async () => {
    const net = model();
    net.layers[0]!.trainableWeights[1]!.write(draws('adapter', [2, 32]));
    const {loaded} = await savedAndLoaded(tf, net);
    const x = draws('saved', [6, 64]);
    expect((loaded.predict(x) as Tensor).dataSync()).toEqual((net.predict(x) as Tensor).dataSync());
    expect((loaded.layers[0] as QLoraDense).base()).toEqual((net.layers[0] as QLoraDense).base());
  });

  test('counts what is trained and what it takes', () => {
    const [first, last] = model().layers as [QLoraDense, QLoraDense];
    expect(first.parameters()).toEqual({trained: 2 * (64 + 32), all: 2 * (64 + 32) + 64 * 32 + 32});
    // 2048 codes in half a byte; 32 absMax of a byte, one scale and one offset; A, B and bias in float32.
    expect(first.byteLength).toBe(1024 + 32 + 4 + 4 + 4 * (192 + 32));
    expect(last.byteLength).toBe(16 + 4 + 4 * 33);
    expect(first.nonTrainableWeights.reduce((bytes, weight) => bytes + 4 * weight.read().size, 0)).toBe(1024 + 32 + 4 + 4 + 128);
  });

  test('takes inputs of any rank', () => {
    const [first] = model().layers as [QLoraDense];
    const x = tf.reshape(draws('rank', [6, 64]), [2, 3, 64]);
    const y = first.apply(x) as Tensor;
    expect(y.shape).toEqual([2, 3, 32]);
    expect(y.dataSync()).toEqual((first.apply(tf.reshape(x, [6, 64])) as Tensor).dataSync());
  });

  test('keeps no tensors but its output', () => {
    const [first] = model().layers as [QLoraDense];
    const x = draws('leak', [2, 64]);
    const before = tf.memory().numTensors;
    (first.apply(x) as Tensor).dispose();
    const {kernel, bias} = first.merged();
    first.setBase({kernel, bias: bias!});
    tf.dispose([kernel, bias!]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses what it cannot be', () => {
    expect(() => new QLoraDense({units: 2, rank: 0})).toThrow('Expected a rank of at least 1, got 0');
    expect(() => new QLoraDense({units: 2, rank: 1, alpha: NaN})).toThrow('Expected a finite alpha');
    expect(() => new QLoraDense({units: 2, rank: 1, blockSize: 3})).toThrow('Expected an even block size, got 3');
    expect(() => new QLoraDense({units: 2, rank: 1, codebook: 'nf5' as 'nf4'})).toThrow('Expected the codebook nf4 or fp4, got nf5');
    expect(() => (model().layers[0] as QLoraDense).setBase({kernel: tf.zeros([3, 32])})).toThrow(
      'Expected a kernel [64, 32] for first, got [3, 32]',
    );
  });
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
type Tensor2D = ReturnType<Backend['tf']['tensor2d']>;
type Variable = ReturnType<Backend['tf']['variable']>;
