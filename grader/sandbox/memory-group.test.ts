import {spawn} from 'node:child_process';
import {accessSync, constants, existsSync, readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {makeMemoryGroup} from './memory-group.ts';

/** Where the kernel lets this process make groups; the tests below then hold it to that. */
const writable = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/cgroup.subtree_control'].some(path => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
});

/** A process that takes memory once it is told to, and says what became of it. */
function taker(megabytes: number): {pid: number; go: () => void; ended: Promise<NodeJS.Signals | null>} {
  const code = `process.stdin.once('data', () => { const kept = Buffer.alloc(${megabytes}e6, 1); process.exit(kept[0] === 1 ? 0 : 1); })`;
  const child = spawn(process.execPath, ['-e', code], {stdio: ['pipe', 'ignore', 'ignore']});
  return {pid: child.pid!, go: () => child.stdin.end('x'), ended: new Promise(resolve => child.on('exit', (_, signal) => resolve(signal)))};
}

it('ends a process that takes more than its group may, says so, and leaves no folder', async () => {
  const group = makeMemoryGroup(100e6);
  expect(group !== undefined).toBe(writable);
  if (!group) return;
  const greedy = taker(400);
  group.add(greedy.pid);
  const folder = /^.*(snapgrid-\d+-\d+)$/m.exec(readFileSync(`/proc/${greedy.pid}/cgroup`, 'utf8'))?.[1];
  expect(folder).toMatch(/^snapgrid-/);
  greedy.go();
  expect(await greedy.ended).toBe('SIGKILL');
  expect(group.ranOut()).toBe(true);
  await group.remove();
  expect(existsSync(`/sys/fs/cgroup/memory/${folder}`) || existsSync(`/sys/fs/cgroup/${folder}`)).toBe(false);
});

it('lets one live that takes less', async () => {
  const group = makeMemoryGroup(400e6);
  if (!group) return expect(writable).toBe(false);
  const modest = taker(50);
  group.add(modest.pid);
  modest.go();
  expect(await modest.ended).toBe(null);
  expect(group.ranOut()).toBe(false);
  await group.remove();
});
