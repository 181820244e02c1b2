import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {afterEach, describe, expect, it} from 'vitest';
import {isBusierThan, processorSeconds, processTree, readTree, treeMemory} from './process-tree.ts';

const linux = process.platform === 'linux';

describe.runIf(linux)('the tree of a process', () => {
  let parent: ReturnType<typeof spawn> | undefined;
  afterEach(() => {
    if (parent?.pid !== undefined) process.kill(-parent.pid, 'SIGKILL');
  });

  it.each([
    ['its first thread', 'start();'],
    ['a worker', "new (require('node:worker_threads').Worker)(`(${start})()`, {eval: true});"],
  ])('holds what %s started, and its memory', async (_, run) => {
    const held = 60 * 2 ** 20;
    const child = `globalThis.held = Buffer.alloc(${held}, 1); console.log('held'); setInterval(() => {}, 1e6);`;
    const start = `const start = () => require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], {stdio: 'inherit'});`;
    parent = spawn(process.execPath, ['-e', `${start}\n${run}\nsetInterval(() => {}, 1e6);`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    await once(parent.stdout!, 'data');
    expect(processTree(parent.pid!)).toHaveLength(2);
    expect(treeMemory(readTree(parent.pid!))).toBeGreaterThan(held);
  });

  it.each([
    ['three loops', 'for (;;);', true],
    ['three that wait', 'setInterval(() => {}, 1e6);', false],
  ])('is busy with %s or not, whatever its programs call themselves', async (_, run, busy) => {
    const named = `process.title = 'x) R (x'; console.log('started'); ${run}`;
    const start = `for (let i = 0; i < 3; i++) require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(named)}], {stdio: 'inherit'});`;
    parent = spawn(process.execPath, ['-e', `${start}\nsetInterval(() => {}, 1e6);`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let said = '';
    for await (const chunk of parent.stdout!) if ((said += chunk).split('started').length > 3) break;
    await expect.poll(() => isBusierThan(2, readTree(parent!.pid!))).toBe(busy);
    expect(isBusierThan(200, readTree(parent.pid!))).toBe(false);
  });

  it('counts the processor time of all, whatever they call themselves', async () => {
    const started = performance.now();
    const named = "process.title = 'x) R (x 1 2 3'; console.log('started'); for (;;);";
    const start = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(named)}], {stdio: 'inherit'});`;
    parent = spawn(process.execPath, ['-e', `${start}\nsetInterval(() => {}, 1e6);`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    await once(parent.stdout!, 'data');
    await expect.poll(() => processorSeconds(readTree(parent!.pid!)), {timeout: 30_000}).toBeGreaterThan(1);
    expect(processorSeconds(readTree(parent.pid!))).toBeLessThan((2 * (performance.now() - started)) / 1000);
  });
});
