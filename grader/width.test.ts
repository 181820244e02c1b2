import {expect, it} from 'vitest';
import {widthFor} from './width.ts';

const gigabyte = 2 ** 30;

it.each([
  ['as many as there are cores', 512, 8, 64 * gigabyte, 8],
  ['as many as find room in memory', 2048, 8, 7 * gigabyte, 3],
  ['one, even where there is no room for it', 2048, 8, gigabyte, 1],
])('%s', (_, memoryMiB, cores, available, width) => {
  expect(widthFor(memoryMiB, cores, available)).toBe(width);
});
