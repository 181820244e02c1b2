import {join} from 'node:path';
import {afterEach, expect, it} from 'vitest';
import {Gradebook} from '../gradebook/gradebook.ts';
import {gradeSubmission} from '../grade-submission.ts';
import {SandboxFailed} from '../sandbox/pool.ts';
import {TestClass} from './class.ts';
import {gradedSmallLesson, smallSolved} from './small-lesson.ts';

let one: TestClass;
afterEach(() => one.remove());

it('a sandbox that does not start is our fault: not graded, not kept, tried again by the next run', async () => {
  one = await TestClass.make({ada: smallSolved});
  const gradebook = await Gradebook.open(join(one.folder, 'gradebook.sqlite'));
  let started = 0;
  const source = {
    take: async (): Promise<never> => {
      started++;
      throw new SandboxFailed('no room');
    },
  };
  const context = {lesson: gradedSmallLesson, isolation: 'bubblewrap' as const, secret: '5e', graderVersion: '0', source, gradebook};
  const file = {learner: 'ada', file: 'ada_small.ipynb', path: join(one.submissions, 'ada_small.ipynb')};
  for (const run of [1, 2]) {
    const {result, ours, reused} = await gradeSubmission(file, [], context);
    expect({status: result.status, reason: result.reason, ours, reused}).toEqual({
      status: 'not graded',
      reason: 'no room',
      ours: true,
      reused: false,
    });
    expect(started).toBe(3 * run);
  }
  await gradebook.close();
});
