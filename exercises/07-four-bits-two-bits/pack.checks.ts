import {mismatches} from '../../checking/metrics.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {pack as packed} from '../../quant/formats/packing.ts';
import {isTypedArray} from '../../session/wire/plain.ts';
import {codesBetween, ends} from './inputs.ts';

export const pack: Task = {
  name: 'pack',
  title: 'Pack the codes',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'two 4-bit codes share a byte, the first in its low bits',
      points: 2,
      async measure(learner, draw) {
        const codes = codesBetween(draw, 32, 0, 7);
        const bytes = await bytesFor(learner, codes, 4);
        const swapped = Array.from(packed(codes, 4), byte => ((byte & 15) << 4) | (byte >> 4));
        const advice =
          mismatches(swapped, bytes) === 0
            ? 'The two halves of each byte are exchanged: the first code belongs into the low four bits, the second into the high ones.'
            : 'The first code fills bits 0 to 3 of the byte, its right neighbour bits 4 to 7, the third code begins the next byte.';
        return measured(codes, 4, bytes, `Codes without a sign do not stand where they should. ${advice}`);
      },
    },
    {
      name: 'negative codes keep to their own bits',
      points: 1,
      async measure(learner, draw) {
        const codes = codesBetween(draw, 40, -8, 7);
        codes.set([-1, 3, 2, -8]);
        return measured(
          codes,
          4,
          await bytesFor(learner, codes, 4),
          'A negative number has ones in all of its upper bits, and these run over into the neighbour. Keep the lowest four bits only: code & 15. Nothing is added to a code, −1 is 1111 in two’s complement.',
        );
      },
    },
    {
      name: 'four 2-bit codes share a byte',
      points: 1,
      async measure(learner, draw) {
        const codes = codesBetween(draw, 36, ...ends(2));
        return measured(
          codes,
          2,
          await bytesFor(learner, codes, 2),
          'At 2 bits a byte holds four codes, in bits 0–1, 2–3, 4–5 and 6–7. Shift and mask must follow from `bits`.',
        );
      },
    },
    {
      name: 'a last byte that is not full is there, and filled up with zeros',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const [bits, length] of [
          [4, 7],
          [4, 1],
          [2, 5],
          [2, 6],
          [2, 11],
        ] as const) {
          const codes = codesBetween(draw, length, ...ends(bits));
          codes[length - 1] = -1;
          wrong += mismatches(packed(codes, bits), await bytesFor(learner, codes, bits));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong bytes',
          message:
            'If the codes do not fill the last byte, it is written all the same, its unused upper bits 0: Math.ceil(codes.length * bits / 8) bytes.',
        };
      },
    },
    {
      name: 'the codes are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'pack', codesBetween(draw, 9, -8, -1), 4),
    },
  ],
};

/** The learner's bytes, as many as there must be. @throws WrongAnswer */
async function bytesFor(learner: Learner, codes: Int8Array, bits: number): Promise<Uint8Array> {
  const answer = await learner.call('pack', codes, bits);
  if (!isTypedArray(answer) || answer.BYTES_PER_ELEMENT !== 1)
    throw new WrongAnswer('Expected a Uint8Array: packed codes are bytes. `new Uint8Array(length)` makes one, filled with zeros.');
  const length = Math.ceil((codes.length * bits) / 8);
  if (answer.length !== length)
    throw new WrongAnswer(
      `Expected ${length} bytes for ${codes.length} codes of ${bits} bits, got ${answer.length}: Math.ceil(codes.length * bits / 8) of them.`,
    );
  // An Int8Array has the same bytes under other names.
  return new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength);
}

function measured(codes: Int8Array, bits: number, bytes: Uint8Array, message: string): Measurement {
  return {measured: mismatches(packed(codes, bits), bytes), comparison: '==', threshold: 0, unit: 'wrong bytes', message};
}
