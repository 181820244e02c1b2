import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {withLock} from './lock.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'snapgrid-lock-'))));
afterEach(() => rmSync(folder, {recursive: true}));
const never = new AbortController().signal;

it('lets one at a time work', async () => {
  const lock = join(folder, 'lock');
  let inside = 0;
  let most = 0;
  let waited = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise(resolve => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(lock, () => void waited++, never, work)));
  expect(most).toBe(1);
  expect(waited).toBe(2);
});

it('takes over the lock of a process that has died', async () => {
  const lock = join(folder, 'lock');
  mkdirSync(lock);
  // Linux gives no process a number this high.
  writeFileSync(join(lock, 'pid'), '4194305');
  expect(
    await withLock(
      lock,
      () => {},
      never,
      async () => 'worked',
    ),
  ).toBe('worked');
});

it('gives the lock back when the work fails', async () => {
  const lock = join(folder, 'lock');
  await expect(
    withLock(
      lock,
      () => {},
      never,
      async () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no');
  expect(
    await withLock(
      lock,
      () => expect.unreachable(),
      never,
      async () => 1,
    ),
  ).toBe(1);
});
