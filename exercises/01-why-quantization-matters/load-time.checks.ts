import {numberTask, spread} from './numbers.ts';

export const loadTime = numberTask('loadTime', 'Read them once', (bytes, bandwidth) => (bytes / (bandwidth * 1e9)) * 1000, [
  {
    name: 'a large model, in milliseconds',
    inputs: draw => Array.from({length: 4}, () => [spread(draw, 3e9, 8e11), spread(draw, 300, 4000)]),
    message:
      'Check the units: bytes over GB/s. A GB is 10⁹ bytes (2³⁰ bytes are a GiB); bytes stay bytes, no bits; and 1 second is 1000 milliseconds.',
  },
  {
    name: 'more bytes take longer, more bandwidth is quicker',
    inputs: draw => [
      [spread(draw, 1e9, 2e9), spread(draw, 20, 60)],
      [spread(draw, 5e10, 9e10), spread(draw, 20, 60)],
      [spread(draw, 1e9, 2e9), spread(draw, 1500, 3000)],
    ],
    message:
      'Time is amount over speed: bytes above, bandwidth below. Twice the bytes take twice as long; twice the bandwidth takes half as long; nothing is added.',
  },
  {
    name: 'a small model in a moment',
    inputs: draw => Array.from({length: 3}, () => [spread(draw, 2e6, 6e7), spread(draw, 50, 400)]),
    message: 'A small model is read in a fraction of a millisecond. Do not round.',
  },
]);
