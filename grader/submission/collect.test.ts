import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect, it} from 'vitest';
import {collectSubmissions} from './collect.ts';

async function learnersOf(paths: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'snapgrid-collect-'));
  try {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), {recursive: true});
      await writeFile(join(folder, path), '{}');
    }
    return (await collectSubmissions(folder)).map(({learner}) => learner);
  } finally {
    await rm(folder, {recursive: true});
  }
}

it("names learners of Moodle's download as its worksheet does, in folders or not, also two of one name", async () => {
  expect(
    await learnersOf([
      'Ada Lovelace_4711_assignsubmission_file_/work.ipynb',
      'Ada Lovelace_4712_assignsubmission_file_/work.ipynb',
      'Ben O_Kafor_4713_assignsubmission_file_work_99_assignsubmission_file_.ipynb',
      'Cy_4714_onlinetext/onlinetext.html',
    ]),
  ).toEqual(['Participant 4711', 'Participant 4712', 'Participant 4713']);
});

it('names learners elsewhere by what stands before the first line', async () => {
  expect(await learnersOf(['ada_2026_11_20T10_00_00_123456.zip', 'ben_04-int8.ipynb', 'cy/any_name.ipynb'])).toEqual(['ada', 'ben', 'cy']);
});
