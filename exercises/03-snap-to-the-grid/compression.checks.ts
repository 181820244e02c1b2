import {expectNumber} from '../../checking/expect.ts';
import type {Check, Task} from '../../checking/types.ts';

export const compression: Task = {
  name: 'compression',
  title: 'How many times smaller?',
  timeoutMs: 10_000,
  checks: [
    ratios(
      'from 32 bits to 16, 8, 4 and 2',
      [2, 4, 8, 16, 32],
      'Every weight had 32 bits, now it has fewer: how many of the new ones fit in the room of an old one? A factor is a quotient: no difference, no percentage, and not the ratio of the levels. float32 has 32 bits, not 64.',
    ),
    ratios(
      'other widths, too',
      [3, 5, 6, 7, 11, 12, 20, 24, 27],
      'It is right where the bits divide 32 and wrong elsewhere. Codes are packed without gaps, so five bits take five bits, not a whole byte; and a factor may have a fraction: do not round it.',
    ),
  ],
};

function ratios(name: string, widths: readonly number[], message: string): Check {
  return {
    name,
    points: 1,
    async measure(learner, draw) {
      let worst = 0;
      for (const bits of draw.shuffle(widths)) {
        const answer = expectNumber(await learner.call('compression', bits), `compression(${bits})`);
        worst = Math.max(worst, Math.abs((answer * bits) / 32 - 1));
      }
      return {measured: worst, comparison: '<=', threshold: 1e-3, unit: 'relative deviation', message};
    },
  };
}
