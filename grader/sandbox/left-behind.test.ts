import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {endLeftBehind} from './left-behind.ts';

let runtime: string;
let started: ChildProcess[];
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'snapgrid-test-'));
  started = [];
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(runtime, {recursive: true});
});

/** Where what it tells of its child goes nowhere, the outer half ends there, as when the grader that reads it is killed. */
function startBubblewrap(info: 'pipe' | number): ChildProcess {
  const walls = ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', '--ro-bind', runtime, '/mnt'];
  const child = spawn('bwrap', [...walls, '--info-fd', '3', '--', 'sh', '-c', 'echo; sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore', info],
    detached: true,
  });
  started.push(child);
  return child;
}

function running(): number[] {
  return readdirSync('/proc').flatMap(name => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(runtime) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

it('ends the half of a sandbox whose other half ended, and no other', async () => {
  const whole = startBubblewrap('pipe');
  await new Promise(resolve => whole.stdout!.once('data', resolve));
  const before = running();
  const nowhere = openSync('/dev/null', 'r');
  const broken = startBubblewrap(nowhere);
  closeSync(nowhere);
  await new Promise(resolve => broken.on('exit', resolve));
  const left = running().filter(pid => !before.includes(pid));
  expect(left).toHaveLength(1);
  endLeftBehind(join(tmpdir(), 'another'));
  expect(running()).toEqual(expect.arrayContaining(left));
  endLeftBehind(runtime);
  await expect.poll(running).toEqual(before);
});
