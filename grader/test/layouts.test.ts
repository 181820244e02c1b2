import {mkdir, utimes, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import type {Notebook} from '../../exercises/build/index.ts';
import {missingSandbox, scoreLine, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const other: Notebook = {...smallSolved, metadata: {snapgrid: {lesson: '97-other'}}};

describe.skipIf(missing)('a folder of submissions', () => {
  let all: TestClass;
  afterEach(() => all.remove());

  async function handIn(file: string, notebook: Notebook, day: number): Promise<void> {
    const path = join(all.submissions, file);
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, JSON.stringify(notebook));
    await utimes(path, new Date(2026, 10, day), new Date(2026, 10, day));
  }
  const lines = async (): Promise<string[]> =>
    (await all.grade()).results.map(result => `${result.file} ${scoreLine(result).slice(0, 10)}`);

  it('of nbgrader with several assignments is graded for the lesson that one of them is named after, whatever was handed in later', async () => {
    all = await TestClass.make({});
    await handIn('submitted/ada/98-small/work.ipynb', smallSolved, 1);
    await handIn('submitted/ada/97-other/work.ipynb', other, 2);
    await handIn('submitted/grace/97-other/work.ipynb', other, 2);
    expect(await lines()).toEqual(['submitted/ada/98-small/work.ipynb 5 chooseSc']);
  });

  it('may have folders with names of any kind', async () => {
    all = await TestClass.make({});
    await handIn('ada/week 1/work.ipynb', smallSolved, 1);
    await handIn('grace/deep/er/work.ipynb', smallSolved, 1);
    await handIn('42_int8_final (2).ipynb', smallSolved, 1);
    expect(await lines()).toEqual([
      '42_int8_final (2).ipynb 5 chooseSc',
      'ada/week 1/work.ipynb 5 chooseSc',
      'grace/deep/er/work.ipynb 5 chooseSc',
    ]);
  });
});
