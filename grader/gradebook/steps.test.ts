import Database from 'libsql';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {sampleResult} from '../reports/reports.fixture.ts';
import {Gradebook, gradebookFile, type SubmissionKey} from './gradebook.ts';
import type {AssignmentRow, AttemptRow} from './schema.ts';

const result = sampleResult();
const key: SubmissionKey = {lesson: result.lesson, lessonVersion: 1, learner: 'ada', contentHash: 'c0ffee', seedId: '01234567'};
const attempt: AttemptRow = {
  lesson: result.lesson,
  learner: 'ada',
  content_hash: 'c0ffee',
  file: 'ada_04.ipynb',
  submitted_at: '2026-01-01T00:00:00.000Z',
  submitted_from: 'file time',
  problem: '',
};
const assignment: AssignmentRow = {
  lesson: result.lesson,
  lesson_version: 1,
  title: 'int8',
  tasks: '[]',
  written: null,
  manifest: null,
  roster: null,
  folder: '',
};

/** Every step that grading takes in the gradebook, in its order; a batch that was killed takes some of them again. */
const steps: readonly [name: string, step: (book: Gradebook) => Promise<unknown>][] = [
  ['keeps the assignment', book => book.keepAssignment(assignment)],
  ['takes the notebook in', book => book.takeIn(attempt, Buffer.from('{"cells": []}'), key)],
  ['keeps its result', book => book.finish(key, result, 'for the instructor')],
];

describe('a step of grading', () => {
  let folder: string;
  let book: Gradebook;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-steps-'));
    book = await Gradebook.open(join(folder, gradebookFile));
  });
  afterEach(async () => {
    await book.close();
    await rm(folder, {recursive: true});
  });

  /** All that the file holds. */
  function tables(): Record<string, unknown[]> {
    const database = new Database(join(folder, gradebookFile));
    try {
      const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all() as {name: string}[];
      return Object.fromEntries(names.map(({name}) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]));
    } finally {
      database.close();
    }
  }

  it.each(steps.map(([name, step]) => ({name, step})))(
    'that $name changes nothing when it, or all of them, is taken again',
    async ({step}) => {
      for (const [, each] of steps) await each(book);
      const once = tables();
      expect(once['assignment']).toHaveLength(1);
      await step(book);
      expect(tables()).toEqual(once);
      for (const [, each] of steps) await each(book);
      expect(tables()).toEqual(once);
    },
  );

  it('shows in its state: queued, running, infrastructure and running again, graded', async () => {
    const state = async (): Promise<string> => (await book.measured(key.lesson, 1, ['ada'], {checks: false}))[0]!.state;
    await book.takeIn(attempt, Buffer.from('{}'), key);
    expect(await state()).toBe('queued');
    await book.start(key, attempt.file);
    expect(await state()).toBe('running');
    await book.release(key, 'no room');
    expect(await state()).toBe('infrastructure');
    await book.start(key, attempt.file);
    expect(await state()).toBe('running');
    await book.finish(key, result, '');
    expect(await state()).toBe('graded');
  });

  it('keeps the bytes of a notebook once, by their hash, whoever hands them in', async () => {
    for (const learner of ['ada', 'grace']) await book.takeIn({...attempt, learner}, Buffer.from('{"cells": []}'), {...key, learner});
    expect([tables()['content']!.length, tables()['attempt']!.length, tables()['submission']!.length]).toEqual([1, 2, 2]);
    expect((await book.content('c0ffee'))!.toString()).toBe('{"cells": []}');
  });

  it('writes ahead to a log: who reads never waits for who writes', () => {
    const reader = new Database(join(folder, gradebookFile), {timeout: 0});
    const writer = new Database(join(folder, gradebookFile), {timeout: 0});
    expect(reader.prepare('PRAGMA journal_mode').all()).toEqual([{journal_mode: 'wal'}]);
    writer.exec('BEGIN IMMEDIATE');
    expect(reader.prepare('SELECT COUNT(*) AS rows FROM submission').all()).toEqual([{rows: 0}]);
    writer.exec('ROLLBACK');
    writer.close();
    reader.close();
  });
});
