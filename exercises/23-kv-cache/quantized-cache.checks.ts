import {expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {float32} from '../../quant/formats/float-format.ts';
import {unpack} from '../../quant/formats/packing.ts';
import {QuantizedKvCache} from '../../quant/methods/language/kv-cache.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {clearOfTies, groupOf, type Layout, numbersOf} from './inputs.ts';

interface Options {
  readonly bits: number;
  readonly groupSize: number;
  readonly residual: number;
}

const channels = 16;

export const quantizedCache: Task = {
  name: 'quantizedCache',
  title: 'The cache: old tokens in codes, new ones in float',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the newest tokens wait in float, as many as KIVI keeps',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const {options, tokens, keys, values} of cases(draw)) {
          const {recentKeys, recentValues} = await answerFor(learner, keys, values, options);
          const [newKeys, newValues] = [tokens % options.residual, Math.min(tokens, options.residual)];
          wrong += differences(recentKeys, keys.data.slice((tokens - newKeys) * channels));
          wrong += differences(recentValues, values.data.slice((tokens - newValues) * channels));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'numbers too many, too few, or not as they came',
          message:
            'Other tokens wait than should. Keys wait until `residual` of them have come, then ALL of these are quantized: tokens % residual are left, 0 at a multiple. Of the values the newest `residual` always wait, or all while there are fewer.',
        };
      },
    },
    {
      name: 'what is quantized is what was quantized when it left the window',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const {options, tokens, keys, values} of cases(draw)) {
          const reference = referenceOf(keys, values, options);
          const restored = restore(await answerFor(learner, keys, values, options), tokens, channels, options);
          for (const [mine, right, given] of [
            [restored.keys, reference.keys(), keys],
            [restored.values, reference.values(), values],
          ] as const)
            for (let i = 0; i < right.length; i++) if (Math.abs(mine[i]! - right[i]!) > 1e-4 * (1 + Math.abs(given.data[i]!))) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong numbers',
          message:
            'code · scale + minimum does not give what it should. Keys per channel in groups of tokens, values per token in groups of channels, both from the first token on; codes packed with `pack`, the first in the lowest bits.',
        };
      },
    },
    {
      name: 'bytes: all that is stored, and nothing twice',
      points: 1,
      async measure(learner, draw) {
        let [off, most] = [0, 0];
        for (const {options, keys, values} of cases(draw)) {
          const bytes = bytesOf(await answerFor(learner, keys, values, options));
          off = Math.max(off, Math.abs(bytes - referenceOf(keys, values, options).byteLength));
          most = Math.max(most, bytes);
        }
        return {
          measured: off,
          comparison: '==',
          threshold: 0,
          unit: 'bytes too many or too few',
          cost: {value: most, unit: 'bytes'},
          message:
            'The buffers hold another number of bytes than they should. Codes share bytes (two of 4 bits, four of 2 bits in one); scales and minima are Float32Arrays; a token is in float or in codes, not in both.',
        };
      },
    },
    {
      name: 'no future token in any scale',
      points: 2,
      async measure(learner, draw) {
        let changed = 0;
        for (const options of formats) {
          const tokens = 2 * options.residual + 3;
          // Not a whole group more: groups that end at the newest token would not move.
          const more = tokens + options.residual + 2;
          const [keys, values] = [drawKeys(draw, options, more), drawValues(draw, options, more)];
          const first = await answerFor(learner, head(keys, tokens), head(values, tokens), options);
          const later = await answerFor(learner, keys, values, options);
          for (const kind of ['keys', 'values'] as const)
            for (const part of ['packed', 'scales', 'minima'] as const) {
              const [before, after] = [first[kind][part], later[kind][part]];
              if (before.length === 0) changed++;
              for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) changed++;
            }
        }
        return {
          measured: changed,
          comparison: '==',
          threshold: 0,
          unit: 'changed numbers',
          message:
            'More tokens came, and what had been quantized before is not the same any more. In a real cache the floats are gone by then. Each group is quantized once, from its own tokens; groups begin at the first token, not at the newest one.',
        };
      },
    },
    {
      name: 'perplexity with four bits',
      points: 2,
      async measure(learner, draw) {
        const model = tinyAttention(draw);
        const options = {bits: 4, groupSize: 8, residual: 16};
        const tokens = model.keys.shape[0]!;
        const stored = await answerFor(learner, model.keys, model.values, options, model.keys.shape[1]!);
        // A cache that quantizes nothing has the best perplexity, and saves nothing.
        if (bytesOf(stored) > 0.6 * 4 * 2 * model.keys.data.length)
          throw new WrongAnswer(
            'Expected the cache to be much smaller than its numbers in float32; old tokens belong into codes of `bits` bits',
          );
        const restored = restore(stored, tokens, model.keys.shape[1]!, options);
        return {
          measured: perplexityRatio(model, restored.keys, restored.values),
          comparison: '<=',
          threshold: 1.04,
          unit: '× the perplexity with the cache in float',
          message:
            'A small model with outlier channels in its keys loses too much with this cache. Are keys quantized per channel, values per token, each with its own minimum?',
        };
      },
    },
    {
      name: 'keys and values are left as they were',
      points: 1,
      measure: (learner, draw) =>
        unchangedInputs(learner, 'quantizedCache', draw.tensor([20, 8]), draw.tensor([20, 8]), {bits: 4, groupSize: 8, residual: 8}),
    },
  ],
};

const formats: readonly Options[] = [
  {bits: 4, groupSize: 8, residual: 16},
  {bits: 2, groupSize: 4, residual: 8},
];

interface Case {
  readonly options: Options;
  readonly tokens: number;
  readonly keys: TensorData;
  readonly values: TensorData;
}

/** Fewer tokens than wait, whole windows of them, and some more. */
function cases(draw: Draw): Case[] {
  return formats.flatMap(options =>
    [options.residual - 3, 2 * options.residual, 3 * options.residual + draw.integer(1, options.residual - 1)].map(tokens => ({
      options,
      tokens,
      keys: drawKeys(draw, options, tokens),
      values: drawValues(draw, options, tokens),
    })),
  );
}

function drawKeys(draw: Draw, options: Options, tokens: number): TensorData {
  return clearOfTies(draw, {...options, along: 'tokens'}, tokens, channels);
}

function drawValues(draw: Draw, options: Options, tokens: number): TensorData {
  return clearOfTies(draw, {...options, along: 'channels'}, tokens, channels);
}

function head({dtype, shape, data}: TensorData, tokens: number): TensorData {
  return {dtype, shape: [tokens, shape[1]!], data: (data as Float32Array).slice(0, tokens * shape[1]!)};
}

function referenceOf(keys: TensorData, values: TensorData, options: Options): QuantizedKvCache {
  const cache = new QuantizedKvCache({heads: 1, headSize: keys.shape[1]!, ...options, scaleFormat: float32});
  cache.append(keys.data, values.data);
  return cache;
}

interface Part {
  readonly packed: Uint8Array;
  readonly scales: Float32Array;
  readonly minima: Float32Array;
}

interface Stored {
  readonly keys: Part;
  readonly values: Part;
  readonly recentKeys: Float32Array;
  readonly recentValues: Float32Array;
}

async function answerFor(learner: Learner, keys: TensorData, values: TensorData, options: Options, width = channels): Promise<Stored> {
  const answer = expectRecord(
    await learner.call('quantizedCache', keys, values, {...options}),
    ['keys', 'values', 'recentKeys', 'recentValues'],
    'the result of quantizedCache',
  );
  const floats = (value: Plain, what: string): Float32Array => {
    if (!(value instanceof Float32Array)) throw new WrongAnswer(`Expected ${what} to be a Float32Array`);
    return numbersOf(value, what) as Float32Array;
  };
  const part = (value: Plain, what: string): Part => {
    const {packed, scales, minima} = expectRecord(value, ['packed', 'scales', 'minima'], what);
    if (!(packed instanceof Uint8Array)) throw new WrongAnswer(`Expected packed of ${what} to be a Uint8Array`);
    return {packed, scales: floats(scales, `scales of ${what}`), minima: floats(minima, `minima of ${what}`)};
  };
  const stored = {
    keys: part(answer.keys, 'keys'),
    values: part(answer.values, 'values'),
    recentKeys: floats(answer.recentKeys, 'recentKeys'),
    recentValues: floats(answer.recentValues, 'recentValues'),
  };
  for (const recent of [stored.recentKeys, stored.recentValues])
    if (recent.length % width !== 0) throw new WrongAnswer('Expected recentKeys and recentValues to hold whole tokens');
  return stored;
}

function bytesOf({keys, values, recentKeys, recentValues}: Stored): number {
  return [keys, values]
    .flatMap(({packed, scales, minima}) => [packed, scales, minima])
    .concat([recentKeys, recentValues] as never[])
    .reduce((sum, {byteLength}) => sum + byteLength, 0);
}

/** What attention computes with, from the buffers alone. @throws WrongAnswer where codes, scales and waiting tokens do not belong together */
function restore(
  stored: Stored,
  tokens: number,
  width: number,
  options: Options,
): {readonly keys: Float32Array; readonly values: Float32Array} {
  const whole = ({packed, scales, minima}: Part, recent: Float32Array, along: Layout['along']): Float32Array => {
    const coded = tokens * width - recent.length;
    const layout: Layout = {...options, along};
    if (
      coded < 0 ||
      scales.length !== coded / options.groupSize ||
      minima.length !== scales.length ||
      packed.length !== (coded * options.bits) / 8
    )
      throw new WrongAnswer(
        'Expected each token in codes or in float, once: packed, scales and minima must be as many as the tokens that do not wait need, at `bits` bits a code',
      );
    const codes = unpack(packed, {bits: options.bits, signed: false, length: coded});
    const all = new Float32Array(tokens * width);
    for (let i = 0; i < coded; i++) {
      const group = groupOf(layout, width, i);
      all[i] = codes[i]! * scales[group]! + minima[group]!;
    }
    all.set(recent, coded);
    return all;
  };
  return {keys: whole(stored.keys, stored.recentKeys, 'tokens'), values: whole(stored.values, stored.recentValues, 'channels')};
}

function differences(mine: Float32Array, right: ArrayLike<number>): number {
  let count = Math.abs(mine.length - right.length);
  for (let i = 0; i < Math.min(mine.length, right.length); i++) if (mine[i] !== right[i]) count++;
  return count;
}

/** One head of attention and an output layer: questions to a cache of 60 tokens, and a token out of 24 as the answer. */
interface TinyAttention {
  readonly keys: TensorData;
  readonly values: TensorData;
  readonly questions: TensorData;
  readonly output: TensorData;
}

const width = 32;

/** Four channels of the keys are 40 times larger; questions are as much smaller there. In float that changes nothing. */
function tinyAttention(draw: Draw): TinyAttention {
  const large = new Set(Array.from({length: 4}, (_, i) => 8 * i + draw.integer(0, 7)));
  const factor = (i: number): number => (large.has(i % width) ? 40 : 1);
  return {
    keys: draw.tensor([60, width], (d, i) => factor(i) * d.normal(factor(i) > 1 ? 0.5 : 0)),
    values: draw.tensor([60, width]),
    questions: draw.tensor([24, width], (d, i) => d.normal(0, 2.5) / factor(i)),
    output: draw.tensor([24, width], d => d.normal(0, 0.6)),
  };
}

/** exp of the mean Kullback-Leibler divergence: perplexity on text that the float model writes, over the float model's own. */
function perplexityRatio(model: TinyAttention, keys: ArrayLike<number>, values: ArrayLike<number>): number {
  const float = logProbabilities(model, model.keys.data, model.values.data);
  const quantized = logProbabilities(model, keys, values);
  const questions = model.questions.shape[0]!;
  let sum = 0;
  float.forEach((logP, i) => (sum += Math.exp(logP) * (logP - quantized[i]!)));
  return Math.exp(sum / questions);
}

function logProbabilities({questions, output}: TinyAttention, keys: ArrayLike<number>, values: ArrayLike<number>): number[] {
  const tokens = keys.length / width;
  const result: number[] = [];
  for (let q = 0; q < questions.shape[0]!; q++) {
    const scores = Array.from({length: tokens}, (_, t) => dot(questions.data, q * width, keys, t * width) / Math.sqrt(width));
    const weights = logSoftmax(scores).map(Math.exp);
    const mixed = Float64Array.from({length: width}, (_, c) => weights.reduce((sum, w, t) => sum + w * values[t * width + c]!, 0));
    result.push(...logSoftmax(Array.from({length: output.shape[0]!}, (_, v) => dot(mixed, 0, output.data, v * width))));
  }
  return result;
}

function dot(a: ArrayLike<number>, fromA: number, b: ArrayLike<number>, fromB: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) sum += a[fromA + c]! * b[fromB + c]!;
  return sum;
}

function logSoftmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const log = largest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0));
  return scores.map(score => score - log);
}
