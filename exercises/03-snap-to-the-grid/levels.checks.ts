import {expectNumber} from '../../checking/expect.ts';
import type {Check, Learner, Task} from '../../checking/types.ts';

export const levels: Task = {
  name: 'levels',
  title: 'Count the levels',
  timeoutMs: 10_000,
  checks: [
    counts('each bit doubles the number of levels', range(1, 24), answersAt24 =>
      answersAt24 > 0 && answersAt24 < 1000
        ? 'The number does not grow as it should: one bit more does not add a few levels, it doubles them. (In TypeScript 2 ** 3 is 8; 2 ^ 3 is something else: each of its bits compared.)'
        : 'One bit has two values, 0 and 1. With a second bit there are two of these pairs. Count them all, zero too: nothing is taken off, and there is no sign here.',
    ),
    counts(
      'up to 32 bits',
      range(28, 32),
      () =>
        'It is right for few bits and wrong near 32. `1 << bits` works on 32-bit integers with a sign: at 31 bits it turns negative, at 32 it starts again. Use numbers that do not overflow.',
    ),
  ],
};

function counts(name: string, widths: readonly number[], advice: (answer: number) => string): Check {
  return {
    name,
    points: 1,
    async measure(learner, draw) {
      let wrong = 0;
      for (const bits of draw.shuffle(widths)) if ((await answerFor(learner, bits)) !== 2 ** bits) wrong++;
      return {
        measured: wrong,
        comparison: '==',
        threshold: 0,
        unit: 'widths with a wrong count',
        message: wrong === 0 ? '' : advice(await answerFor(learner, 24)),
      };
    },
  };
}

async function answerFor(learner: Learner, bits: number): Promise<number> {
  return expectNumber(await learner.call('levels', bits), `levels(${bits})`);
}

function range(first: number, last: number): number[] {
  return Array.from({length: last - first + 1}, (_, i) => first + i);
}
