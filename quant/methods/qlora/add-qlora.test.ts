import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {addQLora, mergeQLora, QLoraDense, trainableShare} from '../../index.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});
const draws = (seed: string, shape: readonly number[]): Tensor => tf.tensor(new Draw(seed).tensor(shape).data as Float32Array, [...shape]);

/** Reads the last of four tokens' successor off their embeddings. */
function model(): Model {
  const made = tf.sequential({
    layers: [
      tf.layers.embedding({inputDim: 20, outputDim: 16, inputLength: 4, name: 'embedding'}),
      tf.layers.flatten(),
      tf.layers.dense({units: 64, activation: 'relu', name: 'hidden'}),
      tf.layers.dense({units: 64, activation: 'relu', useBias: false, name: 'bare'}),
      tf.layers.dense({units: 20, name: 'head'}),
    ],
  });
  made.weights.forEach((weight, i) => weight.write(draws(`weight ${i}`, weight.shape as number[]).mul(0.2)));
  return made;
}

const tokens = (seed: string): Tensor => {
  const draw = new Draw(seed);
  return tf.tensor2d(
    Array.from({length: 200 * 4}, () => draw.integer(0, 19)),
    [200, 4],
  );
};

describe('addQLora', () => {
  test('freezes all but the adapters, which learn; the share of what is trained is small', async () => {
    const plain = model();
    const net = addQLora(plain, {rank: 1, alpha: 2, skip: ['head']});
    expect(net.layers.map(layer => layer.getClassName()).slice(2)).toEqual(['SnapgridQLoraDense', 'SnapgridQLoraDense', 'Dense']);
    expect(net.trainableWeights.map(weight => weight.originalName.split('/').at(-1))).toEqual(['lora_a', 'lora_b', 'lora_a', 'lora_b']);
    expect(trainableShare(plain)).toBe(1);
    expect(trainableShare(net)).toBe(256 / (256 + 320 + 64 * 64 + 64 + 64 * 64 + 64 * 20 + 20));
    expect(trainableShare(net)).toBeLessThan(0.05);

    // The same start and order each time.
    for (const [i, weight] of net.trainableWeights.entries())
      if (weight.originalName.endsWith('lora_a')) weight.write(draws(`adapter ${i}`, weight.shape as number[]).mul(0.1));
    const x = tokens('train');
    const labels = tf.oneHot(x.slice([0, 3], [200, 1]).reshape([200]).toInt(), 20);
    const frozen = (): unknown[] => net.nonTrainableWeights.map(weight => weight.read().dataSync().slice());
    const before = frozen();
    const lossOf = (): number => tf.tidy(() => tf.losses.softmaxCrossEntropy(labels, net.predict(x) as Tensor).dataSync()[0]!);
    const start = lossOf();
    net.compile({optimizer: tf.train.adam(0.02), loss: (y, z) => tf.losses.softmaxCrossEntropy(y, z)});
    await net.fit(x, labels, {epochs: 12, batchSize: 50, shuffle: false, verbose: 0});
    expect(lossOf()).toBeLessThan(0.85 * start);
    expect(frozen()).toEqual(before);
  });

  test('begins as the base, and merges to a plain model that computes the same', () => {
    const plain = model();
    const x = tokens('same');
    const before = tf.memory().numTensors;
    const net = addQLora(plain, {rank: 2});
    const outputsOf = (net: Model): Float32Array => tf.tidy(() => (net.predict(x) as Tensor).dataSync<'float32'>());
    const worst = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    expect(worst(outputsOf(net), outputsOf(plain))).toBeLessThan(0.5);
    for (const layer of net.layers)
      if (layer instanceof QLoraDense)
        tf.tidy(() => void layer.trainableWeights[1]!.write(draws(layer.name, layer.trainableWeights[1]!.shape as number[])));
    const merged = mergeQLora(net);
    expect(merged.layers.map(layer => layer.getClassName())).toEqual(plain.layers.map(layer => layer.getClassName()));
    expect(worst(outputsOf(merged), outputsOf(net))).toBeLessThan(1e-3);
    expect(worst(outputsOf(merged), outputsOf(plain))).toBeGreaterThan(1);
    net.dispose();
    merged.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses a rank of nothing and a name that is none', () => {
    expect(() => addQLora(model(), {rank: 0})).toThrow('Expected a rank of at least 1');
    expect(() => addQLora(model(), {rank: 1, skip: ['tail']})).toThrow("Expected the recipe's tail to choose a layer");
  });
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
type Model = ReturnType<Backend['tf']['sequential']>;
