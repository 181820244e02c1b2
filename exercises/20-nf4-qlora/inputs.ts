import {expectFinite} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {codebookTable, nf4} from '../../quant/formats/codebook.ts';
import {isTensorData, isTypedArray, type Plain, type TensorData} from '../../session/wire/plain.ts';

/** The largest probability of which NF4 takes the quantile: the mean of 1 − 1/32 and 1 − 1/30. */
export const nf4Tail = 1 - (1 / 32 + 1 / 30) / 2;

/**
 * The numbers of a normal float in ascending order: zero, quantiles at 2^(bits−1) equal distances down from `tail` to a half, half left out, and below zero one
 * fewer, all over the largest. Source: create_normal_map of bitsandbytes.
 */
export function normalFloatReference(bits: number, tail: number): number[] {
  const half = 2 ** (bits - 1);
  const side = (count: number): number[] =>
    Array.from({length: count}, (_, i) => normalQuantile(tail + ((0.5 - tail) * i) / count) / normalQuantile(tail));
  return [...side(half - 1).map(value => -value), 0, ...side(half).reverse()];
}

/** The x below which a normal value lies with probability p of 0.5 to 0.9999, by Newton's steps on the distribution function. */
function normalQuantile(p: number): number {
  let x = 0;
  for (let step = 0; step < 50; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    // Marsaglia 2004: the part between 0 and x is the density times x + x³/3 + x⁵/(3·5) + …
    let [sum, term] = [x, x];
    for (let odd = 3; odd < 120; odd += 2) sum += term *= (x * x) / odd;
    x -= (0.5 + density * sum - p) / density;
  }
  return x;
}

/** Weights whose codes no correct computation disputes: none lies, divided by the largest magnitude of its block, within 1/2000 of the middle between two numbers. */
export function clearOfMiddles(
  draw: Draw,
  shape: readonly number[],
  blockSize: number,
  element?: (draw: Draw, i: number) => number,
): TensorData {
  const x = draw.tensor(shape, element);
  const {middles} = codebookTable(nf4);
  const data = x.data.slice();
  for (let from = 0; from < data.length; from += blockSize) {
    const block = data.subarray(from, from + blockSize);
    const absMax = Math.max(...block.map(Math.abs));
    block.forEach((value, i) => {
      if (middles.some(middle => Math.abs(value / absMax - middle) < 5e-4)) block[i] = value - 2e-3 * absMax;
    });
  }
  return {...x, data};
}

/** The value as a typed array of finite numbers as long as that; a one-dimensional tensor or a list of numbers counts. @throws WrongAnswer */
export function expectNumbers(value: Plain, what: string, length: number): ArrayLike<number> {
  const numbers = isTensorData(value) ? value.data : value;
  if (!isTypedArray(numbers) && !(Array.isArray(numbers) && numbers.every(number => typeof number === 'number')))
    throw new WrongAnswer(`Expected ${what} to be an array of numbers`);
  const list = numbers as ArrayLike<number>;
  if (list.length !== length) throw new WrongAnswer(`Expected ${what} to hold ${length} numbers, got ${list.length}`);
  expectFinite(list, what);
  return list;
}
