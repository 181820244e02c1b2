import Database from 'libsql';
import {execFile, spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {Gradebook, gradebookFile} from '../gradebook/gradebook.ts';
import {sampleResult} from '../reports/reports.fixture.ts';
import {missingSandbox} from './class.ts';

const program = join(projectRoot, 'dist/grader/test/gradebook-process.js');
const template = JSON.stringify(sampleResult());
const missing = await missingSandbox();

describe('a gradebook', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-gradebook-faults-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  it('whose program is killed with -9 at random moments is whole, and has everything that was said to be done', async () => {
    let done = 0;
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [program, folder, String(done), template], {stdio: ['ignore', 'pipe', 'inherit']});
      const killAt = done + 1 + Math.floor(Math.random() * 8);
      createInterface({input: child.stdout}).on('line', line => {
        done = Number(line.replace('done ', '')) + 1;
        if (done >= killAt) setTimeout(() => child.kill('SIGKILL'), Math.random() * 15);
      });
      await new Promise(resolve => child.on('close', resolve));
      const database = new Database(join(folder, gradebookFile));
      expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{integrity_check: 'ok'}]);
      database.close();
      const book = await Gradebook.open(join(folder, gradebookFile));
      const changes = await book.changes('98-small');
      expect(new Set(changes.map(({sequence}) => sequence)).size).toBe(changes.length);
      const decided = new Set(changes.map(({learner}) => learner));
      const graded = await Promise.all(Array.from({length: done}, (_, i) => book.measured('98-small', 1, [`learner${i}`], {checks: true})));
      expect(graded.map(([row], i) => [row?.state, decided.has(`learner${i}`)])).toEqual(
        Array.from({length: done}, () => ['graded', true]),
      );
      await book.close();
    }
    expect(done).toBeGreaterThan(12);
  }, 120_000);

  it.skipIf(missing)(
    'on a full disk says so, loses nothing, and goes on when there is room',
    async () => {
      // 1 MB, of which a file takes 300 kB until there is no more room.
      const walls = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--size', '1000000', '--tmpfs', '/mnt'];
      const script = 'head -c 300000 /dev/zero > /mnt/ballast && exec "$@" /mnt 0 "$TEMPLATE" /mnt/ballast';
      const command = ['bash', '-c', script, 'sh', process.execPath, program];
      const {stdout} = await promisify(execFile)('bwrap', walls.concat(command), {env: {...process.env, TEMPLATE: template}});
      const lines = stdout.trim().split('\n');
      const full = lines.findIndex(line => !line.startsWith('done'));
      expect(lines[full]).toMatch(
        /^Expected to write to the gradebook, got: .*; check the disk and the rights of its file and start again: what was graded is kept$/,
      );
      expect(full).toBeGreaterThan(3);
      expect(lines.slice(full + 1)).toEqual([`done ${full}`]);
    },
    60_000,
  );

  it('keeps decisions in the order in which they were made, though the clock jumps back', async () => {
    const book = await Gradebook.open(join(folder, gradebookFile));
    vi.useFakeTimers({toFake: ['Date']});
    for (const [year, value] of [
      [2026, 1],
      [2020, 2],
      [2031, 3],
      [1999, 4],
    ] as const) {
      vi.setSystemTime(new Date(year, 0));
      await book.change({lesson: '98-small', learner: 'ada', author: 'turing', kind: 'score', value, reason: 'test'});
    }
    vi.useRealTimers();
    expect((await book.changes('98-small')).map(({value}) => value)).toEqual(['1', '2', '3', '4']);
    await book.close();
  });

  it('counts a time that somebody noted before a file’s own, and of a file’s own the earliest', async () => {
    const book = await Gradebook.open(join(folder, gradebookFile));
    const attempt = {lesson: '98-small', learner: 'ada', content_hash: 'c0ffee', file: 'a.ipynb', problem: ''};
    const noted = async (month: number, from: 'file time' | 'timestamp.txt'): Promise<string | null> => {
      await book.takeIn({...attempt, submitted_at: `2026-${String(month).padStart(2, '0')}-01T00:00:00.000Z`, submitted_from: from});
      return (await book.attempts('98-small'))[0]!.submitted_at!.slice(5, 7);
    };
    expect(await noted(5, 'file time')).toBe('05');
    expect(await noted(7, 'file time')).toBe('05'); // copied since
    expect(await noted(3, 'file time')).toBe('03');
    expect(await noted(8, 'timestamp.txt')).toBe('08');
    expect(await noted(2, 'file time')).toBe('08');
    expect(await noted(9, 'timestamp.txt')).toBe('09'); // corrected by hand
    await book.close();
  });
});
