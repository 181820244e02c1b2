import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {findGradedLesson} from './lesson.ts';

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
