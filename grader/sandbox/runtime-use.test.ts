import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {holdRuntime, removeUnused} from './runtime-use.ts';

let base: string;
beforeEach(() => (base = mkdtempSync(join(tmpdir(), 'snapgrid-test-'))));
afterEach(() => rmSync(base, {recursive: true}));

const old = new Date(Date.now() - 5 * 24 * 3600 * 1000);
function runtime(name: string, usedBy?: number): string {
  const folder = join(base, name);
  mkdirSync(folder);
  if (usedBy !== undefined) writeFileSync(`${folder}.used-by-${usedBy}`, '');
  utimesSync(folder, old, old);
  return folder;
}

it('removes what nobody used for days and the marks of processes that ended, and keeps what a process uses, however old it looks', async () => {
  const ended = spawn(process.execPath, ['-e', '0']);
  await new Promise(resolve => ended.on('exit', resolve));
  const used = runtime('used');
  runtime('forgotten');
  runtime('busy', process.ppid);
  runtime('left', ended.pid);
  holdRuntime(runtime('held'));
  await removeUnused(base, used);
  const folders = readdirSync(base).filter(name => !name.includes('.'));
  expect(folders.sort()).toEqual(['busy', 'held', 'used']);
  const marks = readdirSync(base).filter(name => name.includes('.'));
  expect(marks.sort()).toEqual([`busy.used-by-${process.ppid}`, `held.used-by-${process.pid}`]);
});
