import type {Check, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {decodeFloat, roundFloat} from '../../quant/formats/float-codes.ts';
import {floatLimits} from '../../quant/formats/float-format.ts';
import {between, bfloat16, codeOf, e4m3, e5m2, expectAnyNumber, float16, float32, normalCode, type Pair, pairs, same} from './inputs.ts';

export const roundTo: Task = {
  name: 'roundTo',
  title: 'Round to a format',
  timeoutMs: 10_000,
  checks: [
    rounds(
      'numbers go to their nearest neighbour',
      2,
      draw =>
        pairs.flatMap(of =>
          // On both sides of the middle, of both signs.
          [0.1, 0.3, 0.45, 0.55, 0.7, 0.9].map((part, i) => [between(draw, of, part + draw.uniform(-0.04, 0.04), i % 2), of] as const),
        ),
      'A number between two numbers of the format goes to the nearer one. Bits that do not fit are rounded, not cut off; a mantissa of mantissaBits bits has 2^mantissaBits steps between two powers of two.',
    ),
    rounds(
      'halfway between two, the even one wins',
      1,
      draw => pairs.flatMap(of => Array.from({length: 6}, (_, i) => [between(draw, of, 0.5, i % 2), of] as const)),
      'Exactly in the middle between two numbers, the one with the even mantissa is taken, so that halves go up as often as down. Math.round always goes up: round to even yourself.',
    ),
    rounds(
      'too large becomes infinite, and bfloat16 still holds it',
      2,
      draw =>
        [float16, bfloat16, e5m2].flatMap(of => {
          const {max} = floatLimits(of.format);
          // The last step before the largest number, and half of it: from there on the nearest would be one step too large.
          const half = (max - decodeFloat(largestCode(of) - 1, of.format)) / 2;
          const sign = draw.pick([-1, 1]);
          return [
            [sign * (max + half * draw.uniform(0.2, 0.9)), of],
            [sign * (max + half), of],
            [sign * max * draw.uniform(1.3, 1.9), of],
            [draw.uniform(66_000, 500_000), bfloat16],
            [draw.uniform(66_000, 500_000), float32],
          ] as const;
        }),
      'What would be rounded beyond the largest number becomes ±Infinity, and only that: a little above the largest number the largest is still the nearest. Each format has its own limit: 65504 is that of float16, bfloat16 reaches as far as float32.',
    ),
    rounds(
      'e4m3 has no infinity',
      1,
      draw => [
        [draw.pick([-1, 1]) * draw.uniform(450, 460), e4m3],
        [draw.uniform(466, 494), e4m3],
        [draw.uniform(500, 1000), e4m3],
        [-draw.uniform(1e4, 1e6), e4m3],
        [draw.uniform(225, 239), e4m3],
        [draw.uniform(260, 440), e4m3],
      ],
      'In e4m3 the largest exponent still holds numbers, up to 448. What is rounded beyond them becomes NaN, or stays at ±448 (both are in use), but never Infinity: there is no such code.',
    ),
    rounds(
      'close to zero the steps stop shrinking',
      1,
      draw =>
        pairs.flatMap(of => {
          const {smallestNormal, smallestSubnormal} = floatLimits(of.format);
          const sign = draw.pick([-1, 1]);
          const step = draw.integer(1, Math.min(50, 2 ** of.format.mantissaBits - 2));
          return [
            [sign * smallestSubnormal * (step + draw.pick([0.2, 0.8])), of],
            [sign * smallestSubnormal * (0.5 + draw.uniform(0.1, 0.4)), of],
            [sign * smallestSubnormal * draw.uniform(0.1, 0.4), of],
            [sign * (smallestNormal - smallestSubnormal * draw.uniform(0.1, 0.4)), of],
          ] as const;
        }),
      'Below the smallest normal number the steps are all alike, the smallest subnormal number wide; only what is less than half of it becomes 0. Do not let the exponent sink below 1 − bias, and do not drop these numbers to 0.',
    ),
    rounds(
      'the format’s own numbers stay, NaN and infinities too',
      1,
      draw =>
        pairs.flatMap(of => [
          ...Array.from({length: 4}, () => [decodeFloat(normalCode(draw, of), of.format), of] as const),
          [decodeFloat(codeOf(draw, of, 0, draw.integer(1, 2 ** of.format.mantissaBits - 1)), of.format), of] as const,
          [decodeFloat(largestCode(of), of.format), of] as const,
          [0, of] as const,
          [Number.NaN, of] as const,
          ...(of.given.infinities
            ? ([
                [Infinity, of],
                [-Infinity, of],
              ] as const)
            : []),
        ]),
      'A number that the format has must come back unchanged, of either sign; 0 stays 0 (its logarithm is −Infinity), NaN stays NaN, and an infinity stays one.',
    ),
  ],
};

/** The code of the largest finite number, without a sign. */
function largestCode({format}: Pair): number {
  const {exponentBits, mantissaBits, special} = format;
  const pastNumbers = special === 'ieee' ? 2 ** mantissaBits : 1;
  return 2 ** (exponentBits + mantissaBits) - 1 - pastNumbers;
}

function rounds(
  name: string,
  points: number,
  numbers: (draw: Draw) => readonly (readonly [x: number, of: Pair])[],
  message: string,
): Check {
  return {
    name,
    points,
    async measure(learner, draw) {
      let wrong = 0;
      for (const [x, of] of numbers(draw)) {
        const answer = expectAnyNumber(await learner.call('roundTo', x, of.given), 'the result of roundTo');
        // Two conventions for what e4m3 cannot hold: NaN, and the largest number.
        const accepted = [
          roundFloat(x, of.format),
          ...(Number.isFinite(x) ? [roundFloat(x, of.format, {saturate: !of.given.infinities})] : []),
        ];
        if (!accepted.some(right => same(answer, right))) wrong++;
      }
      return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong numbers', message};
    },
  };
}
