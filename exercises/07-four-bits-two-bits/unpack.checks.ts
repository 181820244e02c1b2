import {expectCodes} from '../../checking/expect.ts';
import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {pack} from '../../quant/formats/packing.ts';
import {codesBetween, ends} from './inputs.ts';

export const unpack: Task = {
  name: 'unpack',
  title: 'Unpack them again',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'positive codes come back in their order',
      points: 1,
      async measure(learner, draw) {
        return {
          measured: await wrongCodes(learner, codesBetween(draw, 32, 0, 7), 4),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The low four bits of a byte hold the first code, the high four bits the second one. Take care that neither brings bits of the other.',
        };
      },
    },
    {
      name: 'negative codes are negative again',
      points: 2,
      async measure(learner, draw) {
        const codes = codesBetween(draw, 32, -8, 7);
        codes.set([-8, -1, -1, -8]);
        return {
          measured: await wrongCodes(learner, codes, 4),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Four bits read as a plain number are 0 … 15: 1111 is 15, but −1 was meant. From 8 on, take 16 away. That is all that the sign bit means; no offset of 8 was added when the codes were packed.',
        };
      },
    },
    {
      name: '2-bit codes come back, signs included',
      points: 1,
      async measure(learner, draw) {
        const codes = codesBetween(draw, 44, ...ends(2));
        codes.set([-2, -1, 0, 1]);
        return {
          measured: await wrongCodes(learner, codes, 2),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'At 2 bits a byte holds four codes, and each is −2 … 1: from 2 on, take 4 away. Both numbers, and the mask, follow from `bits`.',
        };
      },
    },
    {
      name: 'exactly as many codes as were packed',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const [bits, length] of [
          [4, 7],
          [4, 1],
          [2, 5],
          [2, 7],
        ] as const)
          wrong += await wrongCodes(learner, codesBetween(draw, length, ...ends(bits)), bits);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: 'The last byte may hold fewer codes than it has room for: stop after `length` codes.',
        };
      },
    },
    {
      name: 'the bytes are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'unpack', draftBytes(draw), 4, 12),
    },
  ],
};

async function wrongCodes(learner: Learner, codes: Int8Array, bits: number): Promise<number> {
  const answer = await learner.call('unpack', pack(codes, bits), bits, codes.length);
  return mismatches(codes, expectCodes(answer, {what: 'the codes', shape: [codes.length]}));
}

function draftBytes(draw: Draw): Uint8Array {
  return Uint8Array.from({length: 6}, () => draw.integer(17, 255));
}
