import {mkdir, rm} from 'node:fs/promises';
import Database from 'libsql';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {keptAssignment} from '../gradebook/grades.ts';
import {lockFolder} from '../gradebook/lock.ts';
import {override} from '../gradebook/override.ts';
import {withGradebook} from '../gradebook/reading.ts';
import {folderOf} from '../results-folder.ts';
import {missingSandbox, TestClass} from './class.ts';
import {code, gradedSmallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

describe.skipIf(missing)('a folder of results', () => {
  let one: TestClass;
  let other: TestClass | undefined;
  beforeEach(async () => {
    one = await TestClass.make({ada: smallSolved});
    await mkdir(one.results);
  });
  afterEach(async () => Promise.all([one.remove(), other?.remove()]));

  it('is refused to a second grading while the first one runs, and free after it', async () => {
    const unlock = lockFolder(one.results);
    await expect(one.grade()).rejects.toThrow(/another one is writing to; wait/);
    unlock();
    expect((await one.grade()).results[0]!.points).toBe(5);
    expect((await one.grade()).results[0]!.points).toBe(5);
  });

  it('whose gradebook another program holds is refused, and graded when it is free', async () => {
    other = await TestClass.make({grace: smallSolved});
    await one.grade({from: other.submissions});
    const program = new Database(join(one.results, 'gradebook.sqlite'));
    program.exec('BEGIN IMMEDIATE');
    await expect(one.grade()).rejects.toThrow(/write to the gradebook.*another program holds it: close that and start again/);
    const decide = withGradebook(one.results, async gradebook =>
      override(gradebook, keptAssignment((await gradebook.assignments())[0]!), {
        learner: 'grace',
        score: 4,
        author: 'turing',
        reason: 'oral exam',
      }),
    );
    await expect(decide).rejects.toThrow(/write to the gradebook.*another program holds it: close that and start again/);
    program.exec('ROLLBACK');
    program.close();
    expect(await withGradebook(one.results, gradebook => gradebook.changes('98-small'))).toEqual([]);
    expect((await one.grade()).results[0]!.points).toBe(5);
  }, 60_000);

  it('of two lessons keeps their files apart, the first one’s where they were', async () => {
    await one.grade();
    const [page, csv, feedback] = ['class.html', 'grades.csv', 'ada/feedback.html'].map(name => one.file(name));
    const notebook = {...smallSolved, metadata: {snapgrid: {lesson: '97-other'}}};
    other = await TestClass.make({ada: notebook, grace: notebook});
    const lesson = {...gradedSmallLesson, title: 'Another', lesson: {...gradedSmallLesson.lesson, slug: '97-other'}};
    await one.grade({from: other.submissions, lesson});
    expect(['class.html', 'grades.csv', 'ada/feedback.html'].map(name => one.file(name))).toEqual([page, csv, feedback]);
    expect(one.file('lessons/97-other/grades.csv')).toMatch(/^grace,grace_small.ipynb,97-other,graded,,5,5,/m);
    expect(one.file('lessons/97-other/ada/feedback.html')).toContain('Another');
    await one.grade();
    expect(one.file('grades.csv')).toBe(csv);
    expect(folderOf('lessons')).not.toBe('lessons');
  }, 60_000);

  it('that cannot be written is refused, whoever asks', async () => {
    await expect(one.grade({to: '/proc'})).rejects.toThrow(/Expected a folder for results that can be written/);
  });

  it.each(['grades.csv.half', 'class.html.half', 'grading.lock-journal', 'grading.lock-wal', `${'a'.repeat(79)}\u{1f600}b`])(
    'holds a class with a learner called %s, graded twice',
    async name => {
      const notebook = {...smallSolved, cells: [...smallSolved.cells, code('throws', {}, "throw new Error('for the log')")]};
      other = await TestClass.make({[name]: notebook, 'an honest neighbour': smallSolved});
      for (const _ of [1, 2]) expect((await one.grade({from: other.submissions})).results.map(({points}) => points)).toEqual([5, 5]);
      const links = [...one.file('class.html').matchAll(/href="([^"#]+feedback\.html)"/g)].map(([, link]) => decodeURIComponent(link!));
      expect(new Set(links)).toEqual(new Set([`${folderOf(name)}/feedback.html`, 'an honest neighbour/feedback.html']));
      expect(one.file(links[0]!)).toContain('<html');
    },
  );

  it('that is a file is refused', async () => {
    await rm(one.results, {recursive: true});
    await expect(one.grade({to: join(one.submissions, 'ada_small.ipynb')})).rejects.toThrow(/Expected to make the folder .* got EEXIST/);
  });
});

it('no two learners share a folder, whatever their names', () => {
  const names = [
    'a:b',
    'a*b',
    'a?b',
    'a-b',
    'x'.repeat(90),
    'x'.repeat(91),
    'instructor',
    'instructor-learner',
    '..',
    '.',
    folderOf('a:b'),
    'grading.lock',
    'gradebook.sqlite.version-1',
    'Grades.csv.half',
    'grading.lock-journal',
    'grading.lock-wal',
    'gradebook.sqlite-journal',
    '\u{4e2d}'.repeat(83),
    `${'\u{4e2d}'.repeat(82)}!`,
    `${'a'.repeat(79)}\u{1f600}`,
    `${'a'.repeat(79)}\u{1f600}b`,
  ];
  const folders = names.map(folderOf);
  expect(new Set(folders).size).toBe(names.length);
  expect(folders).toContain('a-b');
  expect(folders.filter(folder => /(\.half|-journal|-wal|version-1)$/.test(folder))).toEqual([]);
  // What the instructor's log is called while it is written.
  expect(Math.max(...folders.map(folder => Buffer.byteLength(`${folder}.log.half`)))).toBeLessThanOrEqual(255);
  expect(() => folders.map(encodeURIComponent)).not.toThrow();
  expect(folders.join('')).not.toMatch(/[:*?/]/);
});
