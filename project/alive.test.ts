import {spawnSync} from 'node:child_process';
import {expect, it} from 'vitest';
import {isAlive} from './alive.ts';

it('this process is alive, and so is one of another user; one that has ended is not', () => {
  const {pid} = spawnSync(process.execPath, ['-e', '']);
  expect([isAlive(process.pid), isAlive(1), isAlive(pid)]).toEqual([true, true, false]);
});
