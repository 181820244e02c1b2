import {mkdir, mkdtemp, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {collectSubmissions} from './collect.ts';
import {parseTimestamp, submittedAt} from './submitted-at.ts';

describe('the time of a submission', () => {
  let folder: string;
  let notebook: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-times-'));
    notebook = join(folder, 'a.ipynb');
    await writeFile(notebook, '{}');
    await utimes(notebook, 1_764_547_200.7, 1_764_547_200.7);
  });
  afterEach(() => rm(folder, {recursive: true}));

  it('is that of its file, in whole seconds', async () => {
    expect(await submittedAt(notebook)).toEqual({at: '2025-12-01T00:00:00.000Z', from: 'file time', warnings: []});
  });

  it("is rather nbgrader's timestamp.txt beside it", async () => {
    await writeFile(join(folder, 'timestamp.txt'), '2026-12-01 23:59:00.123456 UTC\n');
    expect(await submittedAt(notebook, join(folder, 'timestamp.txt'))).toMatchObject({
      at: '2026-12-01T23:59:00.123Z',
      from: 'timestamp.txt',
    });
  });

  it("is never a timestamp.txt that a learner hands in outside of nbgrader's folders", async () => {
    for (const place of ['ada', 'ada/int8', 'submitted/ada', 'submitted/ada/int8', 'submitted/ada/int8/inner']) {
      await mkdir(join(folder, place), {recursive: true});
      await writeFile(join(folder, place, 'work.ipynb'), '{}');
    }
    await rm(notebook);
    const noted = async (from: string): Promise<string[]> =>
      (await collectSubmissions(from)).filter(({timestamp}) => timestamp !== undefined).map(({path}) => relative(folder, path));
    expect(await noted(folder)).toEqual(['submitted/ada/int8/work.ipynb']);
    expect(await noted(join(folder, 'submitted'))).toEqual(['submitted/ada/int8/work.ipynb']);
    await rm(join(folder, 'submitted'), {recursive: true});
    expect(await noted(folder)).toEqual([]);
    expect(await noted(join(folder, 'ada'))).toEqual([]);
  });

  it('says when timestamp.txt holds no time', async () => {
    await writeFile(join(folder, 'timestamp.txt'), 'yesterday');
    const {at, warnings} = await submittedAt(notebook, join(folder, 'timestamp.txt'));
    expect([at, warnings.join()]).toEqual([
      '2025-12-01T00:00:00.000Z',
      expect.stringMatching(/timestamp\.txt holds "yesterday", expected/),
    ]);
  });

  it.each([
    ['2015-02-02 15:58:23.948203 America/Los_Angeles', '2015-02-02T23:58:23.948Z'],
    ['2015-02-02 15:58:23 -08:00', '2015-02-02T23:58:23.000Z'],
    ['2015-02-02T15:58Z', '2015-02-02T15:58:00.000Z'],
    ['2015-02-02 15:58:23', '2015-02-02T15:58:23.000Z'],
    ['2015-02-30 15:58:23', undefined],
    ['2015-02-02 15:58:23 Nowhere', undefined],
    ['', undefined],
  ])('reads %j as %s', (text, at) => {
    expect(parseTimestamp(text)).toBe(at);
  });
});
