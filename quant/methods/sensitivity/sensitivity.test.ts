import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {allocateBits, quantizeModel, sensitivityScan} from '../../index.ts';

describe('allocateBits', () => {
  const option = (layer: string, choice: number, bytes: number, increase: number) => ({layer, choice, bytes, increase});

  test('by hand: the byte goes where it gains most', () => {
    const entries = [option('a', 4, 10, 5), option('a', 8, 20, 0), option('b', 4, 10, 3), option('b', 8, 20, 0)];
    expect(allocateBits(entries, 30)).toEqual({chosen: [entries[1], entries[2]], bytes: 30, increase: 3, leastPossible: 3});
    expect(allocateBits(entries, 29).chosen.map(({choice}) => choice)).toEqual([4, 4]);
    expect(allocateBits(entries, 1e9).bytes).toBe(40);
  });

  test('finds what a greedy choice misses', () => {
    // b gains more for a byte, but leaves no room for a, which gains more in all.
    const entries = [option('a', 4, 0, 10), option('a', 8, 10, 0), option('b', 4, 0, 2), option('b', 8, 1, 0)];
    expect(allocateBits(entries, 10)).toMatchObject({bytes: 10, increase: 2});
  });

  const scans = fc.array(
    fc.array(fc.record({bytes: fc.integer({min: 0, max: 30}), increase: fc.integer({min: -3, max: 20}).map(n => n / 8)}), {
      minLength: 1,
      maxLength: 4,
    }),
    {minLength: 1, maxLength: 5},
  );

  test('is as good as trying everything, and takes no more bytes than that', () => {
    fc.assert(
      fc.property(scans, fc.integer({min: 0, max: 150}), (layers, budget) => {
        const entries = layers.flatMap((options, i) => options.map(({bytes, increase}, choice) => option(`${i}`, choice, bytes, increase)));
        let all = [{bytes: 0, increase: 0}];
        for (const options of layers)
          all = all.flatMap(sum => options.map(o => ({bytes: sum.bytes + o.bytes, increase: sum.increase + o.increase})));
        const fitting = all.filter(({bytes}) => bytes <= budget).sort((a, b) => a.increase - b.increase || a.bytes - b.bytes);
        if (!fitting[0]) expect(() => allocateBits(entries, budget)).toThrow('Expected a budget of at least');
        else expect(allocateBits(entries, budget)).toMatchObject(fitting[0]);
      }),
      {numRuns: 500},
    );
  });

  test('solves hundreds of layers of odd sizes, better than any uniform choice', () => {
    const draw = new Draw('allocation');
    const entries = Array.from({length: 300}, (_, i) => {
      const [weights, sensitivity] = [draw.integer(1e3, 1e7), Math.exp(draw.normal(0, 2))];
      return [2, 3, 4, 6, 8].map(bits =>
        option(`${i}`, bits, Math.ceil((weights * bits) / 8), sensitivity * draw.uniform(0.8, 1.2) * 4 ** -bits),
      );
    }).flat();
    const uniform = entries.filter(({choice}) => choice === 4);
    const budget = uniform.reduce((sum, {bytes}) => sum + bytes, 0);
    const found = allocateBits(entries, budget);
    expect(found.chosen).toHaveLength(300);
    expect(found.bytes).toBeLessThanOrEqual(budget);
    expect(found.bytes).toBe(found.chosen.reduce((sum, {bytes}) => sum + bytes, 0));
    expect(found.leastPossible).toBe(found.increase);
    expect(found.increase).toBeLessThan(uniform.reduce((sum, {increase}) => sum + increase, 0) / 2);
  });

  test('stays within a bound that it gives where no sum can be told from another: increases proportional to bytes', () => {
    const draw = new Draw('proportional');
    const entries = Array.from({length: 16}, (_, i) => {
      const weights = draw.integer(1e6, 1e7);
      return [2, 4, 8].map(bits => option(`${i}`, bits, Math.ceil((weights * bits) / 8), (-weights * bits) / 8));
    }).flat();
    const budget = Math.floor(entries.filter(({choice}) => choice === 8).reduce((sum, {bytes}) => sum + bytes, 0) * 0.55);
    const found = allocateBits(entries, budget);
    expect(found.bytes).toBeLessThanOrEqual(budget);
    // Nobody can take more off than the bytes that there are.
    expect(found.leastPossible).toBeGreaterThanOrEqual(-budget - 16);
    expect(found.increase).toBeGreaterThanOrEqual(found.leastPossible);
    expect(found.increase - found.leastPossible).toBeLessThan(1e-5 * budget);
  });

  test('takes no layers, and refuses what cannot be added up', () => {
    expect(allocateBits([], 0)).toEqual({chosen: [], bytes: 0, increase: 0, leastPossible: 0});
    expect(() => allocateBits([option('a', 2, 5, 0), option('a', 4, 9, 0)], 4)).toThrow('Expected a budget of at least 5 bytes');
    expect(() => allocateBits([option('a', 2, 5, NaN)], 9)).toThrow('Expected finite bytes and increases, got 5 and NaN');
  });
});

describe('sensitivityScan', () => {
  let tf: Backend['tf'];
  beforeAll(async () => {
    ({tf} = await loadBackend());
  });
  const draws = (seed: string, shape: readonly number[]): Tensor =>
    tf.tensor(new Draw(seed).tensor(shape).data as Float32Array, [...shape]);

  function setup() {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({filters: 4, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 2], name: 'conv'}),
        tf.layers.depthwiseConv2d({kernelSize: 2, name: 'depthwise'}),
        tf.layers.flatten(),
        tf.layers.dense({units: 3, name: 'last'}),
      ],
    });
    model.weights.forEach((weight, i) => weight.write(draws(`${i}`, weight.shape as number[]).mul(0.5)));
    const x = draws('x', [12, 6, 6, 2]);
    const y = model.predict(x) as Tensor;
    const lossOf = (net: typeof model): number => tf.tidy(() => tf.mean(tf.square(tf.sub(net.predict(x) as Tensor, y))).dataSync()[0]!);
    return {model, lossOf};
  }

  test('measures each layer alone, as quantizeModel quantizes it, and gives the weights back', async () => {
    const {model, lossOf} = setup();
    const weights = model.getWeights().map(weight => weight.dataSync().slice());
    const count = tf.memory().numTensors;
    const {baseline, entries} = await sensitivityScan(model, [{bits: 2}, {bits: 8}], () => lossOf(model));
    expect(tf.memory().numTensors).toBe(count);
    expect(model.getWeights().map(weight => weight.dataSync().slice())).toEqual(weights);
    expect(baseline).toBe(0);
    expect(entries.map(({layer, choice}) => `${layer} ${choice.bits}`)).toEqual([
      'conv 2',
      'conv 8',
      'depthwise 2',
      'depthwise 8',
      'last 2',
      'last 8',
    ]);
    // [3, 3, 2, 4] with 4 scales, [2, 2, 4, 1] with 4, [36, 3] with 3.
    expect(entries.map(({bytes}) => bytes)).toEqual([18 + 16, 72 + 16, 4 + 16, 16 + 16, 27 + 12, 108 + 12]);
    for (const {layer, choice, loss, increase} of entries) {
      const alone = quantizeModel(model, {weights: null, activations: null, rules: [{layers: layer, weights: choice}]});
      expect(loss).toBeCloseTo(lossOf(alone), 5);
      expect(increase).toBe(loss);
      alone.dispose();
    }
    const coarse = entries.filter(({choice}) => choice.bits === 2);
    expect(Math.min(...coarse.map(({loss}) => loss))).toBeGreaterThan(
      10 * Math.max(...entries.filter(({choice}) => choice.bits === 8).map(({loss}) => loss)),
    );
  });

  test('leads to an allocation that quantizeModel takes, no worse than uniform bits of the same bytes', async () => {
    const {model, lossOf} = setup();
    const candidates = [{bits: 2}, {bits: 3}, {bits: 4}, {bits: 6}, {bits: 8}];
    const {entries} = await sensitivityScan(model, candidates, () => lossOf(model));
    const uniform = entries.filter(({choice}) => choice.bits === 4);
    const allocation = allocateBits(
      entries,
      uniform.reduce((sum, {bytes}) => sum + bytes, 0),
    );
    expect(allocation.increase).toBeLessThanOrEqual(uniform.reduce((sum, {increase}) => sum + increase, 0));
    const rules = allocation.chosen.map(({layer, choice}) => ({layers: layer, weights: choice}));
    const mixed = quantizeModel(model, {activations: null, rules});
    expect(lossOf(mixed)).toBeLessThanOrEqual(lossOf(quantizeModel(model, {activations: null, weights: {bits: 4}})));
  });

  test('names layers of models within as recipes do, and by path only where a name is there twice', async () => {
    const dense = (name: string) => tf.layers.dense({units: 2, inputShape: [2], name});
    const inner = (name: string, first: string) => tf.sequential({name, layers: [dense(first), dense('same')]});
    const model = tf.sequential({layers: [inner('one', 'alone'), inner('two', 'other')]});
    const {entries} = await sensitivityScan(model, [{bits: 4}], () => 0);
    expect(entries.map(({layer}) => layer)).toEqual(['alone', 'one/same', 'other', 'two/same']);
  });

  test('takes any target: callbacks quantize and undo, also where a measurement fails', async () => {
    const log: string[] = [];
    const target = {
      layers: ['a', 'b'],
      apply: (layer: string, choice: string) => {
        log.push(`${layer} by ${choice}`);
        return {bytes: 7, undo: () => void log.push(`${layer} back`)};
      },
    };
    const scan = await sensitivityScan(target, ['x', 'y'], async () => log.length);
    expect(scan.entries.map(({layer, choice, bytes, increase}) => [layer, choice, bytes, increase])).toEqual([
      ['a', 'x', 7, 1],
      ['a', 'y', 7, 3],
      ['b', 'x', 7, 5],
      ['b', 'y', 7, 7],
    ]);
    log.length = 0;
    await expect(sensitivityScan(target, ['x'], () => (log.length ? NaN : 0))).rejects.toThrow('got NaN with a quantized by "x"');
    expect(log).toEqual(['a by x', 'a back']);
    await expect(sensitivityScan(target, ['x'], () => undefined as unknown as number)).rejects.toThrow('got undefined in float; give a');
    await expect(sensitivityScan(target, [], () => 0)).rejects.toThrow('Expected layers and candidates to try, got 2 and 0');
  });
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
