import {mismatches} from '../../checking/metrics.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {pack} from '../../quant/formats/packing.ts';

export const packBits: Task = {
  name: 'packBits',
  title: 'Pack codes of any width',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'eight 1-bit codes fill a byte, the first in its lowest bit',
      points: 1,
      measure: (learner, draw) =>
        measured(
          learner,
          [[1, codesOf(draw, 64, 1)]],
          'A mask does not stand where it should. Code 0 is bit 0 of the byte, worth 1; code 7 is bit 7, worth 128.',
        ),
    },
    {
      name: 'codes of 3, 5, 6 and 7 bits run on across the ends of bytes',
      points: 3,
      measure: (learner, draw) =>
        measured(
          learner,
          [3, 5, 6, 7].map(bits => [bits, codesOf(draw.for(`${bits}`), 40, bits)] as const),
          'Widths that do not divide 8 come out wrong. Nothing is left empty between two codes: bit k of code i is bit number i × bits + k of the whole stream, and a code may begin in one byte and end in the next.',
        ),
    },
    {
      name: 'a last byte that is not full is there, and filled up with zeros',
      points: 1,
      measure: (learner, draw) =>
        measured(
          learner,
          (
            [
              [1, 9],
              [2, 5],
              [3, 3],
              [5, 1],
              [7, 9],
            ] as const
          ).map(([bits, length]) => [bits, new Uint8Array(length).fill(2 ** bits - 1).with(0, draw.integer(0, 2 ** bits - 1))] as const),
          'The stream rarely ends with a byte. Its last bits take a byte of their own, whose upper bits are 0: Math.ceil(codes.length * bits / 8) bytes in all.',
        ),
    },
    {
      name: 'the codes are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'packBits', codesOf(draw, 21, 3), 3),
    },
  ],
};

/** Codes of which no two halves are alike. */
function codesOf(draw: Draw, length: number, bits: number): Uint8Array {
  return Uint8Array.from({length}, () => draw.integer(0, 2 ** bits - 1));
}

async function measured(
  learner: Learner,
  cases: readonly (readonly [bits: number, codes: Uint8Array])[],
  message: string,
): Promise<Measurement> {
  let wrong = 0;
  for (const [bits, codes] of cases) wrong += mismatches(pack(codes, bits), await bytesFor(learner, codes, bits));
  return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong bytes', message};
}

/** @throws WrongAnswer */
async function bytesFor(learner: Learner, codes: Uint8Array, bits: number): Promise<Uint8Array> {
  const answer = await learner.call('packBits', codes, bits);
  if (!(answer instanceof Uint8Array))
    throw new WrongAnswer('Expected a Uint8Array: packed codes are bytes. `new Uint8Array(length)` makes one, filled with zeros.');
  const length = Math.ceil((codes.length * bits) / 8);
  if (answer.length !== length)
    throw new WrongAnswer(
      `Expected ${length} bytes for ${codes.length} codes of ${bits} bits, got ${answer.length}: Math.ceil(codes.length * bits / 8) of them.`,
    );
  return answer;
}
