import {appendFile, cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {Course, ownCourse} from '../exercises/build/course.ts';
import {findGradedLesson, readGradingTerms} from './lesson.ts';

describe('the lesson of a folder of submissions', () => {
  let folder: string | undefined;
  afterEach(async () => folder && rm(folder, {recursive: true}));

  const handIn = async (lessons: Readonly<Record<string, string>>): Promise<string> => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-lesson-'));
    for (const [learner, lesson] of Object.entries(lessons))
      await writeFile(
        join(folder, `${learner}_a.ipynb`),
        JSON.stringify({nbformat: 4, nbformat_minor: 5, metadata: {snapgrid: {lesson}}, cells: []}),
      );
    return folder;
  };
  const four = '04-int8-from-scratch';
  const three = '03-snap-to-the-grid';

  it('is what most of them say, not what the first one says', async () => {
    expect((await findGradedLesson(await handIn({'0': three, ada: four, ben: four, zoe: 'none of ours'}), undefined)).lesson.slug).toBe(
      four,
    );
  });

  it('is asked for where as many say one as another', async () => {
    await expect(findGradedLesson(await handIn({ada: three, ben: four}), undefined)).rejects.toThrow(
      /found as many of 0[34]\S+ as of 0[34]\S+; say it: --lesson/,
    );
  });
});

it('a lesson is another one to grade when its code was edited, not when its text was', async () => {
  const course = new Course(await mkdtemp(join(tmpdir(), 'snapgrid-course-')));
  const slug = '04-int8-from-scratch';
  await cp(ownCourse.folder(slug), course.folder(slug), {recursive: true});
  const hash = (): string => readGradingTerms(slug, course).codeHash;
  const before = hash();
  expect(before).toBe(readGradingTerms(slug).codeHash);
  await appendFile(join(course.folder(slug), 'lesson.md'), 'One more word.');
  await writeFile(join(course.folder(slug), 'inputs.test.ts'), '');
  expect(hash()).toBe(before);
  await appendFile(join(course.folder(slug), 'inputs.ts'), '// drawn otherwise');
  expect(hash()).not.toBe(before);
  await rm(course.root, {recursive: true});
});
