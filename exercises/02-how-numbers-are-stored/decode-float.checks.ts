import type {Check, Learner, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {decodeFloat as reference} from '../../quant/formats/float-codes.ts';
import {bfloat16, codeOf, e4m3, e5m2, expectAnyNumber, float16, float32, normalCode, type Pair, pairs, same} from './inputs.ts';

export const decodeFloat: Task = {
  name: 'decodeFloat',
  title: 'From bits to the number',
  timeoutMs: 10_000,
  checks: [
    values(
      'normal numbers of all five formats',
      2,
      draw => pairs.flatMap(of => Array.from({length: 6}, (_, i) => [normalCode(draw, of, i % 2), of] as const)),
      'A normal number is ± (1 + mantissa / 2^mantissaBits) · 2^(exponent − bias), with bias = 2^(exponentBits − 1) − 1. Is the 1 there that is not stored? Is the sign?',
    ),
    values(
      'subnormal numbers and zero',
      1,
      draw =>
        pairs.flatMap(of => {
          const top = 2 ** of.format.mantissaBits - 1;
          return [0, 1, top, draw.integer(1, top)].map(mantissa => [codeOf(draw, of, 0, mantissa), of] as const);
        }),
      'An exponent of 0 is special: no 1 before the mantissa, and the power of two is that of exponent 1, so 2^(1 − bias) and not 2^(−bias). Otherwise there would be no zero, and a gap beside it.',
    ),
    values(
      'infinities and NaN',
      1,
      draw =>
        [float32, float16, bfloat16, e5m2].flatMap(of => {
          const {exponentBits, mantissaBits} = of.format;
          const ones = 2 ** exponentBits - 1;
          const nan = draw.integer(1, 2 ** mantissaBits - 1);
          return [0, 1].flatMap(sign => [0, nan].map(mantissa => [codeOf(draw, of, ones, mantissa, sign), of] as const));
        }),
      'With format.infinities, an exponent of all ones is no power of two: the mantissa 0 makes it an infinity with its sign, every other mantissa makes it NaN.',
    ),
    values(
      'e4m3 uses its largest exponent for numbers',
      1,
      draw => Array.from({length: 8}, (_, mantissa) => [codeOf(draw, e4m3, 15, mantissa), e4m3] as const),
      'Without format.infinities an exponent of all ones is an ordinary one. Only if all bits of the mantissa are ones, too, is the code NaN: with 8 bits one gives away as few codes as possible.',
    ),
  ],
};

function values(
  name: string,
  points: number,
  codes: (draw: Draw) => readonly (readonly [bits: number, of: Pair])[],
  message: string,
): Check {
  return {
    name,
    points,
    async measure(learner, draw) {
      let wrong = 0;
      for (const [bits, {format, given}] of codes(draw)) if (!same(await decoded(learner, bits, given), reference(bits, format))) wrong++;
      return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong numbers', message};
    },
  };
}

async function decoded(learner: Learner, bits: number, given: Pair['given']): Promise<number> {
  return expectAnyNumber(await learner.call('decodeFloat', bits, given), 'the result of decodeFloat');
}
