import {numberTask} from './numbers.ts';

export const speedup = numberTask('speedup', 'How many times faster', (fromBits, toBits) => fromBits / toBits, [
  {
    name: 'from many bits to few',
    inputs: draw =>
      draw.shuffle([
        [32, 16],
        [32, 8],
        [32, 4],
        [16, 8],
        [16, 4],
        [8, 2],
      ]),
    message:
      'Reading is what takes the time, so a fraction of the bytes takes that fraction of the time. "How many times faster" is old time over new time: a quotient, no difference and no percentage, and it starts from fromBits, not always from 32.',
  },
  {
    name: 'any width to any other',
    inputs: draw =>
      draw.shuffle([
        [32, 3],
        [16, 6],
        [8, 5],
        [4, 16],
        [8, 32],
      ]),
    message:
      'Some widths do not divide each other, so the answer has a fraction: do not round. And from 4 bits to 16 it is slower: a speedup below 1.',
  },
]);
