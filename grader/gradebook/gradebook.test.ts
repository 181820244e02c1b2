import Database from 'libsql';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import type {SubmissionResult} from '../results.ts';
import {Gradebook, type SubmissionKey} from './gradebook.ts';

const key: SubmissionKey = {lesson: '98-small', lessonVersion: 1, learner: 'ada', contentHash: 'c0ffee', seedId: '01234567'};
const result: SubmissionResult = {
  schema: 1,
  learner: 'ada',
  file: 'ada_small.ipynb',
  lesson: '98-small',
  lessonVersion: 1,
  graderVersion: '0',
  contentHash: 'c0ffee',
  seedId: '01234567',
  backend: 'cpu',
  isolation: 'bubblewrap',
  status: 'graded',
  reason: '',
  started: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  points: 5,
  max: 5,
  tasks: [],
  cells: [],
  warnings: [],
};

describe('a gradebook', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-gradebook-'));
    path = join(folder, 'gradebook.sqlite');
  });
  afterEach(() => rm(folder, {recursive: true}));

  it('keeps a result with its log across programs', async () => {
    const first = await Gradebook.open(path);
    await first.start(key, result.file);
    await first.finish(key, result, 'for the instructor');
    await first.close();
    const second = await Gradebook.open(path);
    expect(await second.find(key)).toEqual({result, log: 'for the instructor'});
    expect(await second.find({...key, lessonVersion: 2})).toBe(undefined);
    await second.close();
  });

  it('has no result of what is graded again until that ends', async () => {
    const book = await Gradebook.open(path);
    await book.start(key, 'f');
    await book.finish(key, result, '');
    expect(await book.start(key, 'f')).toBe(0);
    expect(await book.find(key)).toBe(undefined);
    await book.finish(key, {...result, points: 4}, '');
    expect((await book.find(key))?.result.points).toBe(4);
    await book.close();
  });

  it('counts how often a submission was started without an end', async () => {
    const book = await Gradebook.open(path);
    expect([await book.start(key, 'f'), await book.start(key, 'f'), await book.start(key, 'f')]).toEqual([0, 1, 2]);
    expect(await book.find(key)).toBe(undefined);
    await book.release(key, 'no room');
    expect(await book.start(key, 'f')).toBe(0);
    await book.close();
  });

  it('reads points without checks: all else of a result stays to the letter, whatever the learner wrote', async () => {
    const said = 'quotes " and \\ and \u0000, \ud800, \u2028, 𝄞, 1e400, {"checks": [1]}';
    const check = {name: said, points: 0.1, max: 1, verdict: 'failed' as const, message: said};
    const task = (name: string, points: number) => ({
      task: name,
      title: said,
      points,
      max: 3,
      verdict: 'failed' as const,
      checks: [check, check],
    });
    const whole = {...result, points: 0.30000000000000004, tasks: [task('b', 1e-7), task('a', 0.1)], warnings: [said, 'checks']};
    const book = await Gradebook.open(path);
    await book.start(key, 'f');
    await book.finish(key, whole, '');
    await book.start({...key, learner: 'grace'}, 'f');
    const read = (checks: boolean) => book.measured(key.lesson, 1, ['ada', 'grace'], {checks});
    const [[ada, grace], [adaWhole, graceWhole]] = [await read(false), await read(true)];
    expect(JSON.parse(adaWhole!.result!)).toEqual(whole);
    expect(JSON.parse(ada!.result!)).toEqual({...whole, tasks: whole.tasks.map(each => ({...each, checks: []}))});
    expect({...ada, result: ''}).toEqual({...adaWhole, result: ''});
    expect(grace).toEqual(graceWhole);
    expect(grace!.result).toBe(null);
    await book.close();
  });

  it('prepares the same query once: libsql keeps some kilobytes of each time until the end', async () => {
    const prepare = vi.spyOn(Database.prototype, 'prepare');
    const book = await Gradebook.open(path);
    const gradeOne = async (learner: string): Promise<void> => {
      await book.start({...key, learner}, 'f');
      await book.finish({...key, learner}, {...result, learner}, '');
      expect((await book.find({...key, learner}))!.result.learner).toBe(learner);
    };
    await gradeOne('ada');
    const once = prepare.mock.calls.length;
    for (let i = 0; i < 20; i++) await gradeOne(`learner${i}`);
    expect(prepare).toHaveBeenCalledTimes(once);
    await book.close();
    prepare.mockRestore();
  });

  it('written by a newer snapgrid is refused, not changed', async () => {
    (await Gradebook.open(path)).close();
    const database = new Database(path);
    database.exec('UPDATE gradebook_version SET version = 99');
    database.close();
    await expect(Gradebook.open(path)).rejects.toThrow('newer snapgrid');
  });

  it('that is no database says what to do', async () => {
    await writeFile(path, 'not a database, but long enough to be taken for one'.repeat(100));
    await expect(Gradebook.open(path)).rejects.toThrow('moved aside');
  });
});
