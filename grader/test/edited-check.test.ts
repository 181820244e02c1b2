import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {cell} from '../demo/hostile.ts';
import type {GradedLesson} from '../lesson.ts';
import {missingSandbox, TestClass} from './class.ts';
import {easierLesson, gradedSmallLesson, smallSolved} from './small-lesson.ts';

const edited: GradedLesson = {...gradedSmallLesson, codeHash: 'edited', lesson: easierLesson};

describe.skipIf(await missingSandbox())('a check that was edited, its lesson of the same version', () => {
  let all: TestClass;
  beforeAll(
    async () =>
      void (all = await TestClass.make({ada: cell(smallSolved, 'chooseScale', 'const chooseScale = () => 1'), grace: smallSolved})),
  );
  afterAll(() => all.remove());

  const gradeWith = async (lesson: GradedLesson): Promise<object[]> => {
    const reused = new Map<string, boolean>();
    const {results} = await all.grade({lesson, onProgress: step => void reused.set(step.result.learner, step.reused)});
    return results.map(({learner, points, seedId}) => ({learner, points, seedId, reused: reused.get(learner)}));
  };

  it('has all that was graded before graded again, with the same inputs, and once', async () => {
    const [ada, grace] = await gradeWith(gradedSmallLesson);
    expect([ada, grace]).toMatchObject([
      {points: 3, reused: false},
      {points: 5, reused: false},
    ]);
    expect(await gradeWith(gradedSmallLesson)).toEqual([
      {...ada, reused: true},
      {...grace, reused: true},
    ]);
    expect(await gradeWith(edited)).toEqual([{...ada, points: 5}, grace]);
    expect(await gradeWith(edited)).toEqual([
      {...ada, points: 5, reused: true},
      {...grace, reused: true},
    ]);
    expect(all.file('grades.csv')).toMatch(/^ada,.*,graded,,5,5,/m);
  });
});
