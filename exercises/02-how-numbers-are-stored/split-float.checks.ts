import {expectNumber, expectRecord} from '../../checking/expect.ts';
import type {Check, Learner, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {floatFields} from '../../quant/formats/float-format.ts';
import {bfloat16, codeOf, e4m3, e5m2, float16, float32, normalCode, type Pair, pairs} from './inputs.ts';

export const splitFloat: Task = {
  name: 'splitFloat',
  title: 'Take a number apart',
  timeoutMs: 10_000,
  checks: [
    fields(
      'sign, exponent and mantissa of a float16',
      2,
      draw => Array.from({length: 8}, (_, i) => [normalCode(draw, float16, i % 2), float16] as const),
      'From the left: one bit of sign, then the exponent, then the mantissa. The lowest mantissaBits bits are the mantissa; what lies above it, without the sign, is the exponent, as it is stored, with its bias.',
    ),
    fields(
      'the widths are those of the format',
      1,
      draw => [bfloat16, e4m3, e5m2].flatMap(of => Array.from({length: 6}, (_, i) => [normalCode(draw, of, i % 2), of] as const)),
      'Another format cuts the bits elsewhere: bfloat16 has 8 bits of exponent, e4m3 four, e5m2 five. Use format.exponentBits and format.mantissaBits, no fixed numbers.',
    ),
    fields(
      'the sign of a float32 does not spoil the rest',
      1,
      draw => {
        const [exponent, mantissa] = [draw.integer(1, 254), draw.integer(1, 2 ** 23 - 1)];
        // Both signs: the upper half of 32 bits is where JavaScript’s shifts turn negative.
        return [0, 1].map(sign => [(sign * 256 + exponent) * 2 ** 23 + mantissa, float32] as const);
      },
      'The sign is 0 or 1, and the other two are never negative. JavaScript’s << and >> work on signed 32-bit numbers: bits >> 31 is −1 there. Use >>>, or divide by powers of two.',
    ),
    fields(
      'all zeros and all ones come apart, too',
      1,
      draw =>
        pairs.flatMap(of => {
          const {exponentBits, mantissaBits} = of.format;
          const [topExponent, topMantissa] = [2 ** exponentBits - 1, 2 ** mantissaBits - 1];
          return [
            [0, of],
            [codeOf(draw, of, 0, topMantissa), of],
            [codeOf(draw, of, topExponent, 0), of],
            [codeOf(draw, of, topExponent, topMantissa), of],
          ] as const;
        }),
      'A field of only zeros or only ones is cut like any other. Here nothing is interpreted yet: no 1 is added to the mantissa, no bias is taken away.',
    ),
  ],
};

function fields(
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
      for (const [bits, of] of codes(draw)) wrong += await wrongFields(learner, bits, of);
      return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong fields', message};
    },
  };
}

async function wrongFields(learner: Learner, bits: number, {format, given}: Pair): Promise<number> {
  const names = ['sign', 'exponent', 'mantissa'] as const;
  const answer = expectRecord(await learner.call('splitFloat', bits, given), names, 'the result of splitFloat');
  const right = floatFields(bits, format);
  return names.filter(name => expectNumber(answer[name], name) !== right[name]).length;
}
