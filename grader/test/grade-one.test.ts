import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {solvedLesson} from '../../test/solved-lesson.ts';
import {projectRoot} from '../../project/root.ts';
import {gradeOne} from '../grade-one.ts';
import {loadGradedLesson} from '../lesson.ts';
import type {SubmissionResult} from '../results.ts';
import {missingSandbox, TestClass} from './class.ts';

const lesson = '03-snap-to-the-grid';
const shared = {isolation: 'bubblewrap', secret: '5e'.repeat(32), graderVersion: '0', root: projectRoot} as const;

let one: TestClass;
const notebook = (name: string): string => join(one.submissions, `${name}_small.ipynb`);
afterEach(async () => {
  vi.unstubAllEnvs();
  await one.remove();
});

describe.skipIf(await missingSandbox())('one notebook', () => {
  it('is graded as in its class: the same inputs, measurements and points', async () => {
    const solved = solvedLesson(lesson);
    const broken = JSON.stringify(solved).replace('function compression(', 'function compressed(');
    one = await TestClass.make({ada: solved, bob: broken});
    const {results} = await one.grade({...shared, lesson: await loadGradedLesson(lesson)});
    for (const inClass of results) {
      const {result} = await gradeOne(notebook(inClass.learner), shared);
      expect(timeless(result)).toEqual({...timeless(inClass), file: `${inClass.learner}_small.ipynb`});
    }
    expect(results.map(({points}) => points)).toEqual([results[0]!.max, expect.any(Number)]);
    expect(results[1]!.points).toBeLessThan(results[1]!.max);
  });

  it('that cannot be read is not graded, and says why', async () => {
    one = await TestClass.make({ada: ''});
    const {result, ours} = await gradeOne(notebook('ada'), {...shared, lesson: '03'});
    expect({...result, ours}).toMatchObject({
      status: 'not graded',
      reason: expect.stringContaining('got an empty file'),
      points: 0,
      ours: undefined,
    });
  });
});

it('where no sandbox can be made, one notebook runs nowhere, and the error says what to do', async () => {
  one = await TestClass.make({ada: solvedLesson(lesson)});
  const programs = join(one.folder, 'bin');
  await mkdir(programs);
  await writeFile(join(programs, 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n');
  await chmod(join(programs, 'bwrap'), 0o755);
  await chmod(one.folder, 0o755);
  vi.stubEnv('PATH', `${programs}${delimiter}${process.env['PATH']}`);
  await expect(gradeOne(notebook('ada'), shared)).rejects.toThrow(/Expected a sandbox .* No permissions to create new namespace.*doctor/s);
});

/** What may differ from one grading to the next. */
function timeless(result: SubmissionResult): SubmissionResult {
  return {...result, started: '', seconds: 0};
}
