import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {inNotebook} from './notebook.ts';
import {keepProgress, progressFile, readProgress} from './progress-file.ts';
import type {Lesson, TaskResult} from './types.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapgrid-progress-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const result = (task: string, points: number, max = 3): TaskResult => ({
  task,
  title: task,
  points,
  max,
  verdict: points === max ? 'passed' : 'failed',
  checks: [],
});

describe('progress', () => {
  test('of several lessons stands in one file, the best of each task', () => {
    keepProgress(folder, '03-a', result('one', 3));
    keepProgress(folder, '04-b', result('two', 1));
    keepProgress(folder, '03-a', result('one', 0));
    keepProgress(folder, '04-b', result('two', 2));
    expect(readdirSync(folder)).toEqual([progressFile]);
    expect(readProgress(folder).get('03-a')?.get('one')).toEqual({points: 3, max: 3, passed: true});
    expect(readProgress(folder).get('04-b')?.get('two')).toEqual({points: 2, max: 3, passed: false});
  });

  test('counts anew for a task whose points are others now', () => {
    keepProgress(folder, '03-a', result('one', 3));
    keepProgress(folder, '03-a', result('one', 1, 5));
    expect(readProgress(folder).get('03-a')?.get('one')).toEqual({points: 1, max: 5, passed: false});
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['cut off', '{"lessons": {"03-a": {"one": {"points": 3'],
    ['something else', '[1, 2]'],
    ['null inside', '{"lessons": {"03-a": null, "04-b": {"two": null}}}'],
    ['lies about itself', '{"lessons": {"03-a": {"one": {"points": 9, "max": 3, "passed": true}}}}'],
    ['of strings', '{"lessons": {"03-a": {"one": {"points": "3", "max": "3", "passed": true}}}}'],
    ['large', ' '.repeat(2 ** 20 + 1)],
  ])('that is %s is taken for none, and written anew', (_, text) => {
    if (text !== undefined) writeFileSync(join(folder, progressFile), text);
    expect([...readProgress(folder).values()].flatMap(tasks => [...tasks])).toEqual([]);
    keepProgress(folder, '03-a', result('one', 3));
    expect(readProgress(folder).get('03-a')?.get('one')?.passed).toBe(true);
  });

  test('reaches no prototype by its names', () => {
    writeFileSync(join(folder, progressFile), '{"lessons": {"__proto__": {"points": {"points": 1, "max": 1, "passed": true}}}}');
    keepProgress(folder, 'constructor', result('toString', 3));
    expect(readProgress(folder).get('constructor')?.get('toString')?.passed).toBe(true);
    expect(({} as Record<string, unknown>)['points']).toBeUndefined();
  });

  test('that cannot be written is no error, and leaves nothing behind', () => {
    mkdirSync(join(folder, progressFile)); // as little a file as one can be, for root too
    keepProgress(folder, '03-a', result('one', 3));
    expect(readdirSync(folder)).toEqual([progressFile]);
    keepProgress(join(folder, 'missing'), '03-a', result('one', 3));
  });
});

describe('a lesson', () => {
  const lesson: Lesson = {
    slug: '98-kept',
    tasks: [
      {
        name: 'keptAnswer',
        title: 'Keep it',
        timeoutMs: 1000,
        checks: [
          {
            name: 'is right',
            points: 2,
            measure: async learner => ({
              measured: Number(await learner.call('keptAnswer')),
              comparison: '==',
              threshold: 1,
              unit: '',
              message: 'no',
            }),
          },
        ],
      },
    ],
  };
  const text = (notebook: ReturnType<typeof inNotebook>): string =>
    (notebook.progress() as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!()['text/plain']!;

  test('knows in a new session what was done in an old one, and says which is which', async () => {
    Object.assign(globalThis, {keptAnswer: () => 1});
    const first = inNotebook(lesson, folder);
    await first.check('keptAnswer');
    expect(text(first)).toContain('✓ Keep it: passed, 2 of 2');
    const second = inNotebook(lesson, folder);
    expect(text(second)).toContain('1 of 1 tasks done · 2 of 2 points');
    expect(text(second)).toContain('✓ Keep it: passed before, 2 of 2');
    expect(JSON.parse(readFileSync(join(folder, progressFile), 'utf8'))).toEqual({
      lessons: {'98-kept': {keptAnswer: {points: 2, max: 2, passed: true}}},
    });
  });

  test('whose check fails now says so, whatever was before', async () => {
    keepProgress(folder, lesson.slug, result('keptAnswer', 2, 2));
    Object.assign(globalThis, {keptAnswer: () => 0});
    const notebook = inNotebook(lesson, folder);
    await notebook.check('keptAnswer');
    expect(text(notebook)).toContain('✗ Keep it: failed, 0 of 2');
    expect(readProgress(folder).get(lesson.slug)?.get('keptAnswer')?.passed).toBe(true);
  });
});
