import {afterEach, describe, expect, it} from 'vitest';
import {ownCourse} from '../../exercises/build/index.ts';
import {solvedLesson} from '../../test/solved-lesson.ts';
import {loadGradedLesson, maxPoints} from '../lesson.ts';
import {missingSandbox, scoreLine, TestClass} from './class.ts';

const missing = await missingSandbox();

describe.skipIf(missing).each(ownCourse.slugs())('%s', slug => {
  let one: TestClass;
  afterEach(() => one.remove());

  it('gives its own solution all points, in the sandbox that learners get', async () => {
    const lesson = await loadGradedLesson(slug);
    one = await TestClass.make({solved: solvedLesson(slug)});
    const [result] = (await one.grade({lesson})).results;
    expect(result!.cells.filter(({error}) => error).map(({id, error}) => `${id}: ${error}`)).toEqual([]);
    expect(scoreLine(result!)).toBe(`${maxPoints(lesson.lesson)} ${lesson.lesson.tasks.map(({name}) => `${name}:passed`).join(' ')}`);
  }, 600_000);
});
