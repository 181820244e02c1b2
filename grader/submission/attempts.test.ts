import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {attemptsAt} from './attempts.ts';
import {collectSubmissions} from './collect.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'snapgrid-attempts-'))));
afterEach(() => rm(folder, {recursive: true}));

async function handIn(path: string, lesson?: string): Promise<void> {
  const file = join(folder, 'submitted', path);
  await mkdir(dirname(file), {recursive: true});
  await writeFile(file, JSON.stringify({nbformat: 4, nbformat_minor: 5, cells: [], metadata: lesson ? {snapgrid: {lesson}} : {}}));
}

async function attempts(lesson: string): Promise<string[]> {
  const files = (await collectSubmissions(folder)).map(file => ({file}));
  return (await attemptsAt(lesson, files)).map(({file}) => file.file.replace('submitted/', ''));
}

it('are the files of a lesson, of a folder that holds several assignments and notebooks', async () => {
  await handIn('ada/hw1/04.ipynb', '04-int8');
  await handIn('ada/hw1/06.ipynb', '06-outlier');
  await handIn('ada/hw2/10.ipynb', '10-ptq');
  await handIn('ada/hw1/again.ipynb', '04-int8');
  expect(await attempts('04-int8')).toEqual(['ada/hw1/04.ipynb', 'ada/hw1/again.ipynb']);
  expect(await attempts('10-ptq')).toEqual(['ada/hw2/10.ipynb']);
});

it('are all that a learner has where none is of the lesson, and what says nothing of its lesson or cannot be read', async () => {
  await handIn('ben/hw1/06.ipynb', '06-outlier');
  await handIn('ben/hw2/10.ipynb', '10-ptq');
  await handIn('cy/hw1/plain.ipynb');
  await handIn('cy/hw2/10.ipynb', '10-ptq');
  await handIn('di/hw1/06.ipynb', '06-outlier');
  await handIn('eve/hw2/10.ipynb', '10-ptq');
  await writeFile(join(folder, 'submitted/eve/hw2/broken.ipynb'), '{');
  expect(await attempts('04-int8')).toEqual([
    'ben/hw1/06.ipynb',
    'ben/hw2/10.ipynb',
    'cy/hw1/plain.ipynb',
    'di/hw1/06.ipynb',
    'eve/hw2/broken.ipynb',
  ]);
});
