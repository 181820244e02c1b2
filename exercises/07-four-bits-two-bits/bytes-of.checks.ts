import {expectNumber} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import type {Storage} from './interface.ts';

export const bytesOf: Task = {
  name: 'bytesOf',
  title: 'Count the bytes',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'codes and scales are both counted',
      points: 1,
      async measure(learner, draw) {
        const groups = draw.integer(100, 1000);
        return within(
          await worstError(learner, [[groups * 32, {bits: 4, groupSize: 32, scaleBits: 16}]]),
          'With groups of 32 weights, 4 bits each and a float16 scale, a group has 16 bytes of codes and 2 of its scale. Are the scales in, and are bits turned into bytes?',
        );
      },
    },
    {
      name: 'bits, group size and scale format all matter',
      points: 2,
      async measure(learner, draw) {
        const cases = [
          {bits: 2, groupSize: 16, scaleBits: 16},
          {bits: 8, groupSize: 64, scaleBits: 32},
          {bits: 4, groupSize: 128, scaleBits: 32},
          {bits: 3, groupSize: 128, scaleBits: 8},
        ].map(storage => [storage.groupSize * 8 * draw.integer(20, 200), storage] as const);
        return within(
          await worstError(learner, cases),
          'Another number of bits, another group size or another scale format changes the bytes: none of the three may be a fixed number.',
        );
      },
    },
    {
      name: 'one part of a byte or of a group costs a whole one',
      points: 1,
      async measure(learner, draw) {
        const cases = [
          [2 * draw.integer(20, 60) + 1, {bits: 4, groupSize: 256, scaleBits: 16}],
          [4 * draw.integer(20, 60) + 1, {bits: 2, groupSize: 1024, scaleBits: 16}],
          [32 * draw.integer(3, 9) + 2 * draw.integer(1, 15), {bits: 4, groupSize: 32, scaleBits: 16}],
        ] as const;
        return within(
          await worstError(learner, cases),
          'There is no half byte in a file, and a last group with one weight in it needs a scale as the full ones do: round the bytes of the codes up, and the number of groups, each by itself.',
        );
      },
    },
    {
      name: 'a model of billions is counted exactly',
      points: 1,
      async measure(learner, draw) {
        const cases = [[draw.integer(20, 90) * 10 ** 9, {bits: 4, groupSize: 128, scaleBits: 16}]] as const;
        return within(
          await worstError(learner, cases),
          'Billions of weights do not fit into the 32-bit integers that |, >> and ~~ work on: use plain arithmetic, Math.ceil and /.',
        );
      },
    },
  ],
};

/** The largest distance from the bytes of real buffers, in bytes. */
async function worstError(learner: Learner, cases: readonly (readonly [count: number, storage: Storage])[]): Promise<number> {
  let worst = 0;
  for (const [count, storage] of cases) {
    const {bits, groupSize, scaleBits} = storage;
    const right = Math.ceil((count * bits) / 8) + (Math.ceil(count / groupSize) * scaleBits) / 8;
    worst = Math.max(worst, Math.abs(expectNumber(await learner.call('bytesOf', count, {...storage}), 'the result of bytesOf') - right));
  }
  return worst;
}

function within(measured: number, message: string): Measurement {
  return {measured, comparison: '==', threshold: 0, unit: 'bytes off', message};
}
