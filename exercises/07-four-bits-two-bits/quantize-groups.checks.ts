import {expectFinite, expectRecord} from '../../checking/expect.ts';
import {mismatches} from '../../checking/metrics.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {decodeFloat} from '../../quant/formats/float-codes.ts';
import {float16} from '../../quant/formats/float-format.ts';
import {unpack} from '../../quant/formats/packing.ts';
import {isTypedArray, type TypedArray} from '../../session/wire/plain.ts';
import {groupCase, type GroupCase} from './inputs.ts';

export const quantizeGroups: Task = {
  name: 'quantizeGroups',
  title: 'Quantize in groups',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each group has its own scale, as float16',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [4, 2]) {
          for (const groupSize of [32, 8]) {
            const test = groupCase(draw, {bits, groupSize, groups: 5, place: 'usual'});
            const {scales} = await quantized(learner, test);
            wrong += mismatches(
              test.scaleBits.map(code => decodeFloat(code, float16)),
              scales,
            );
          }
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales',
          message:
            'The scale of a group is its largest magnitude over qmax, which is 2^(bits − 1) − 1, rounded to float16. Each run of groupSize neighbours has its own, and `bits` reaches qmax: 7 at 4 bits, 1 at 2 bits.',
        };
      },
    },
    {
      name: 'codes are the nearest grid points of their group',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [4, 2]) {
          const test = groupCase(draw, {bits, groupSize: 16, groups: 6, place: 'usual'});
          wrong += mismatches(test.codes, (await quantized(learner, test)).codes);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Divide each weight by the scale of its own group, round to the nearest, pack with your `pack`. Rounding down, or the scale of another group, gives other codes.',
        };
      },
    },
    {
      name: 'the codes belong to the scale that is stored',
      points: 2,
      async measure(learner, draw) {
        const test = groupCase(draw, {bits: 4, groupSize: 16, groups: 8, place: 'betweenScales'});
        return {
          measured: mismatches(test.codes, (await quantized(learner, test)).codes),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The codes were made with a scale that nobody stores. Whoever restores the weights has the float16 copy only: round the scale first, read it back from its 16 bits, and divide by that.',
        };
      },
    },
    {
      name: 'the buffers are as small as promised',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [4, 2]) {
          const test = groupCase(draw, {bits, groupSize: 32, groups: 4, place: 'usual'});
          const {bytes} = await quantized(learner, test);
          worst = Math.max(worst, bytes / (test.codes.length * (bits / 8) + 4 * 2) - 1);
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0,
          unit: 'times too many bytes',
          message:
            'We counted the bytes of your two buffers. Codes must be packed, not one to a byte, and a float16 scale takes two bytes: a Uint16Array, not a Float32Array.',
        };
      },
    },
    {
      name: 'a group of zeros is restored as zeros',
      points: 1,
      async measure(learner, draw) {
        const test = groupCase(draw, {bits: 4, groupSize: 8, groups: 3, place: 'usual'});
        const weights = test.weights.map((w, i) => (i >= 8 && i < 16 ? 0 : w));
        const {scales, codes} = await quantized(learner, {...test, weights});
        const restored = Array.from(codes, (code, i) => code * scales[Math.floor(i / 8)]!);
        const right = Array.from(test.codes, (code, i) =>
          i >= 8 && i < 16 ? 0 : code * decodeFloat(test.scaleBits[Math.floor(i / 8)]!, float16),
        );
        return {
          measured: mismatches(right, restored),
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'One group holds zeros only, its largest magnitude is 0, and 0 / 0 is NaN, which packs into anything. Give such a group any positive scale; its neighbours are not touched by it.',
        };
      },
    },
    {
      name: 'the weights are left as they were',
      points: 1,
      measure: (learner, draw) =>
        unchangedInputs(learner, 'quantizeGroups', groupCase(draw, {bits: 4, groupSize: 8, groups: 2, place: 'usual'}).weights, 4, 8),
    },
  ],
};

interface Answer {
  readonly codes: ArrayLike<number>;
  readonly scales: ArrayLike<number>;
  /** Of both buffers. */
  readonly bytes: number;
}

/** What the learner's buffers hold. Codes and scales that are not packed are read as well: they have too many bytes, not wrong ones. @throws WrongAnswer */
async function quantized(learner: Learner, {weights, bits, groupSize}: Omit<GroupCase, 'codes' | 'scaleBits'>): Promise<Answer> {
  const what = 'the result of quantizeGroups';
  const answer = expectRecord(await learner.call('quantizeGroups', weights, bits, groupSize), ['packed', 'scales'], what);
  const {packed, scales} = answer;
  if (!isTypedArray(packed)) throw new WrongAnswer('Expected `packed` to be the bytes that `pack` returns');
  if (!isTypedArray(scales)) throw new WrongAnswer('Expected `scales` to be a Uint16Array of float16 bits, one for each group');
  const groups = weights.length / groupSize;
  if (scales.length !== groups)
    throw new WrongAnswer(`Expected ${groups} scales, one for each group of ${groupSize} neighbours, got ${scales.length}`);
  return {
    codes: codesOf(packed, bits, weights.length),
    scales: scalesOf(scales),
    bytes: packed.byteLength + scales.byteLength,
  };
}

function codesOf(packed: TypedArray, bits: number, length: number): ArrayLike<number> {
  if (packed.length === length) return packed;
  const bytes = (length * bits) / 8;
  if (packed.byteLength !== bytes)
    throw new WrongAnswer(`Expected \`packed\` to have ${bytes} bytes for ${length} codes of ${bits} bits, got ${packed.byteLength}`);
  return unpack(new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength), {bits, signed: true, length});
}

function scalesOf(scales: TypedArray): ArrayLike<number> {
  const values = scales instanceof Uint16Array ? Array.from(scales, code => decodeFloat(code, float16)) : scales;
  expectFinite(values, 'scales');
  return values;
}
