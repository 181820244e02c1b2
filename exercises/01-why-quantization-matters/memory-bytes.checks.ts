import {numberTask, spread} from './numbers.ts';

export const memoryBytes = numberTask('memoryBytes', 'Count the bytes', (params, bits) => (params * bits) / 8, [
  {
    name: 'so many bits for each parameter, in bytes',
    inputs: draw => draw.shuffle([8, 16, 32]).map(bits => [spread(draw, 1e6, 1e8), bits]),
    message:
      'A byte has 8 bits, so the number of bytes is smaller than that of bits. Return bytes, not GB, and count the parameters alone: no extra for anything else.',
  },
  {
    name: 'less than a byte for each, too',
    inputs: draw => draw.shuffle([2, 3, 4, 6]).map(bits => [8 * spread(draw, 1e6, 1e7), bits]),
    message:
      'At 8, 16 and 32 bits a parameter takes whole bytes, at 4 bits it takes half of one: two share a byte. Do not round up for each parameter, and do not forget the bits.',
  },
  {
    name: 'billions of parameters',
    inputs: draw => draw.shuffle([4, 8, 16, 32]).map(bits => [8 * spread(draw, 1e9, 6e10), bits]),
    message:
      'It is right for small models and wrong for large ones. `|`, `>>` and Int32Arrays hold 31 bits and a sign, and a large model has more bytes than that: use plain numbers.',
  },
]);
