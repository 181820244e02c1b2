import {quantile} from '../answers.ts';

export * from '../answers.ts';

/** One loop over the codes: each knows its side and its place on it. */
export function normalFloat(bits: number, tail: number): number[] {
  const half = 2 ** (bits - 1);
  const numbers: number[] = [];
  for (let code = 0; code < 2 ** bits; code++) {
    const from = code - (half - 1); // 0 is zero itself
    const count = from < 0 ? half - 1 : half;
    const probability = 0.5 + ((tail - 0.5) * Math.abs(from)) / count;
    numbers.push((Math.sign(from) * quantile(probability)) / quantile(tail));
  }
  return numbers;
}
