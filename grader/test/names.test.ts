import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {parse} from 'csv-parse/sync';
import {cell} from '../demo/hostile.ts';
import {folderOf} from '../results-folder.ts';
import {missingSandbox, scoreLine, TestClass} from './class.ts';
import {smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

/** Names that a learner could give a file: of the grader's own files, of objects' own members, of options, formulas, markup, queries, of other systems. */
const names = [
  '__proto__',
  'constructor',
  'instructor',
  'lessons',
  'class.html',
  'grades.csv',
  'gradebook.sqlite',
  'gradebook.sqlite.version-1',
  'grading.lock',
  '-rf',
  '=HYPERLINK("x")',
  '<script>alert(1)<script>',
  "x'; DROP TABLE submission; --",
  'CON',
  'two\nlines',
  'nul\u0001',
  '\u202Etxet',
  'é',
  'e\u0301',
  '🎓'.repeat(50),
];
const wrong = cell(smallSolved, 'chooseScale', 'const chooseScale = () => 1');

describe.skipIf(missing)('a learner', () => {
  let all: TestClass;
  let lines: Map<string, string>;

  beforeAll(async () => {
    all = await TestClass.make({});
    const write = async (name: string, notebook: object): Promise<void> => {
      // A file's name begins with its learner, up to the first underscore; a folder's is the learner's whole.
      const file = join(all.submissions, name.includes('_') ? join(name, 'work.ipynb') : `${name}_small.ipynb`);
      await mkdir(dirname(file), {recursive: true});
      await writeFile(file, JSON.stringify(notebook));
    };
    for (const name of names) await write(name, wrong);
    await write('an honest neighbour', smallSolved);
    lines = new Map((await all.grade()).results.map(result => [result.learner, scoreLine(result)]));
  }, 120_000);

  afterAll(() => all.remove());

  it.each(names)('named %j gets the score of the notebook, in a folder of the name alone', name => {
    expect(lines.get(name)).toBe('3 chooseScale:failed quantizeInt8:passed');
    expect(JSON.parse(all.file(`${folderOf(name)}/result.json`))).toMatchObject({learner: name, points: 3});
  });

  it('changes neither a neighbour nor the files of the class by it', async () => {
    expect(lines.get('an honest neighbour')).toBe('5 chooseScale:passed quantizeInt8:passed');
    expect(lines.size).toBe(names.length + 1);
    const rows = parse(all.file('grades.csv'), {columns: true}) as {learner: string; score: string}[];
    expect(rows.map(({learner}) => learner.replace(/^'/, '')).sort()).toEqual([...lines.keys()].sort());
    expect(rows.filter(({learner}) => /^[=+\-@]/.test(learner))).toEqual([]);
    const page = all.file('class.html');
    expect(page).not.toContain('<script');
    expect(page.match(/feedback\.html/g)).toHaveLength(lines.size);
    const folders = (await readdir(all.results, {withFileTypes: true})).filter(entry => entry.isDirectory());
    expect(folders).toHaveLength(lines.size);
  });
});
