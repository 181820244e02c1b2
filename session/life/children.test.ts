import {expect, it} from 'vitest';
import {newestOf} from './children.ts';

it('the newest child is the one that began last, also where ids have begun again from the smallest', () => {
  const old = {pid: 32_767, parent: 1, group: 1, began: 100};
  const young = {pid: 301, parent: 1, group: 1, began: 250};
  expect(newestOf([young, old])).toBe(young);
  expect(newestOf([old, young])).toBe(young);
  expect(newestOf([old, {...old, pid: 32_768}])?.pid).toBe(32_768);
  expect(newestOf([])).toBeUndefined();
});
