import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {perplexity} from '../../index.ts';

/** Written by perplexity-golden.py with PyTorch; arrays as base64 of their bytes. */
const golden = JSON.parse(readFileSync(new URL('perplexity-golden.json', import.meta.url), 'utf8')) as {
  readonly vocabulary: number;
  readonly here: string;
  readonly before: string;
  readonly tokens: readonly number[];
  readonly cases: readonly {
    readonly contextLength: number;
    readonly stride: number;
    readonly meanNll: number;
    readonly perplexity: number;
    readonly predicted: number;
    readonly windows: number;
  }[];
};
const floatsOf = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
const [here, before] = [floatsOf(golden.here), floatsOf(golden.before)];

/** A row for the last token, and the mean of rows for all before it: what the model sees changes what it says. */
function logitsOf(window: Int32Array): Float64Array {
  const n = golden.vocabulary;
  const sums = new Float64Array(n);
  const logits = new Float64Array(window.length * n);
  window.forEach((token, t) => {
    for (let i = 0; i < n; i++) logits[t * n + i] = here[token * n + i]! + sums[i]! / (t + 1);
    for (let i = 0; i < n; i++) sums[i]! += before[token * n + i]!;
  });
  return logits;
}

describe('perplexity', () => {
  test('by hand: two predictions, of probability 1/2 and 1/8', async () => {
    const logits = [1, 1, 7, 1, 5, 5].map(Math.log);
    // tokens 0, 1, 1: row 0 gives token 1 one half, row 1 gives token 1 an eighth; row 2 is about a token that is not there.
    const found = await perplexity([0, 1, 1], () => logits, {contextLength: 8});
    expect(found.meanNll).toBeCloseTo(Math.log(16) / 2, 12);
    expect(found.perplexity).toBeCloseTo(4, 12);
    expect(found).toMatchObject({predicted: 2, windows: 1});
  });

  test.each(golden.cases)("is PyTorch's: windows of $contextLength, every $stride", async ({contextLength, stride, ...expected}) => {
    const found = await perplexity(golden.tokens, logitsOf, {contextLength, stride});
    expect(found.meanNll).toBeCloseTo(expected.meanNll, 10);
    expect(found.perplexity).toBeCloseTo(expected.perplexity, 8);
    expect(found).toMatchObject({predicted: expected.predicted, windows: expected.windows});
  });

  test('of a model that knows nothing is the size of its vocabulary, however the text is cut', async () => {
    const settings = fc
      .tuple(fc.integer({min: 2, max: 40}), fc.integer({min: 2, max: 60}))
      .chain(([contextLength, length]) =>
        fc.tuple(fc.constant(contextLength), fc.constant(length), fc.integer({min: 1, max: contextLength})),
      );
    await fc.assert(
      fc.asyncProperty(settings, async ([contextLength, length, stride]) => {
        const seen: number[] = [];
        const tokens = Array.from({length}, (_, i) => i % 5);
        const found = await perplexity(tokens, window => (seen.push(window.length), new Float32Array(window.length * 5).fill(3)), {
          contextLength,
          stride,
        });
        expect(found.perplexity).toBeCloseTo(5, 6);
        expect(Math.max(...seen)).toBeLessThanOrEqual(contextLength);
        // Every token but the first of the text, where windows overlap; else the first of each window is lost too.
        expect(found.predicted).toBe(stride < contextLength ? length - 1 : length - Math.ceil(length / contextLength));
      }),
    );
  });

  test('holds for logits as far apart as float32 reaches', async () => {
    const found = await perplexity([0, 1], () => [1e38, -1e38, 0, 0], {contextLength: 2});
    expect(found.meanNll).toBe(2e38);
    expect(found.perplexity).toBe(Infinity);
  });

  test('refuses what has no perplexity', async () => {
    const even = (window: Int32Array): Float32Array => new Float32Array(window.length * 2);
    await expect(perplexity([1], even, {contextLength: 4})).rejects.toThrow('Expected at least two tokens');
    await expect(perplexity([1, 0], even, {contextLength: 1})).rejects.toThrow('Expected a contextLength of at least 2 tokens, got 1');
    await expect(perplexity([1, 0], even, {contextLength: 4, stride: 5})).rejects.toThrow(
      'Expected a stride from 1 to contextLength (4), got 5',
    );
    await expect(perplexity([1, 0.5], even, {contextLength: 4})).rejects.toThrow('Expected tokens that are whole numbers, got 0.5 at 1');
    await expect(perplexity([1, 2], even, {contextLength: 4})).rejects.toThrow(
      'Expected tokens from 0 to 1, as many as a row of logits has, got 2',
    );
    await expect(perplexity([1, 0], () => [1, 2, 3], {contextLength: 4})).rejects.toThrow(
      'Expected a row of logits for each of 2 tokens, got 3',
    );
    await expect(perplexity([1, 0], () => [NaN, 0, 0, 0], {contextLength: 4})).rejects.toThrow('got NaN');
  });
});

describe('with tensors', () => {
  let tf: Backend['tf'];
  beforeAll(async () => {
    ({tf} = await loadBackend());
  });

  test('takes logits as tensors and disposes them', async () => {
    const count = tf.memory().numTensors;
    const found = await perplexity(golden.tokens, window => tf.tensor2d(Float32Array.from(logitsOf(window)), [window.length, 7]), {
      contextLength: 16,
      stride: 8,
    });
    expect(found.meanNll).toBeCloseTo(golden.cases.find(({stride}) => stride === 8)!.meanNll, 5);
    expect(tf.memory().numTensors).toBe(count);
  });
});
