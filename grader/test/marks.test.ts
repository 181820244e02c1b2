import {readdirSync, readFileSync} from 'node:fs';
import {appendFile, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Notebook, type NotebookCell, writtenQuestions} from '../../exercises/build/index.ts';
import {parseAssignment} from '../gradebook/assignment.ts';
import {type Grade, gradesOf, keptAssignment} from '../gradebook/grades.ts';
import {withGradebook} from '../gradebook/reading.ts';
import {exportMarks, importMarks} from '../marks.ts';
import {missingSandbox, TestClass} from './class.ts';
import {gradedSmallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();
const secret = '5e'.repeat(32);
const assignment = parseAssignment(
  'lesson: 98-small\nwritten:\n  - {question: why-clip, title: Why clip?, points: 4, rubric: [names saturation]}\n  - {question: why-round, points: 1}\n',
  'assignment.yaml',
);

function answer(id: string, text: string): NotebookCell {
  return {
    cell_type: 'markdown',
    id,
    metadata: {nbgrader: {schema_version: 3, grade: true, solution: true, grade_id: id, points: 99, locked: false, task: false}},
    source: [text],
  };
}

function answering(text: string): Notebook {
  return {...smallSolved, cells: [...smallSolved.cells, answer('why-clip', text), answer('why-round', 'half to even')]};
}

describe.skipIf(missing)('written answers', () => {
  let all: TestClass;
  let marks: string;
  beforeAll(async () => {
    all = await TestClass.make({ada: answering('=HYPERLINK("x") <b>saturation</b>'), grace: smallSolved, zip: ''});
    marks = join(all.folder, 'marks');
    await all.grade({assignment: {assignment}});
  }, 60_000);
  afterAll(() => all.remove());

  async function withKept<T>(
    use: (...given: Parameters<typeof exportMarks> extends [infer G, infer K, ...unknown[]] ? [G, K] : never) => Promise<T>,
  ): Promise<T> {
    return withGradebook(all.results, async gradebook => use(gradebook, keptAssignment((await gradebook.assignments())[0]!)));
  }
  const grades = async (): Promise<Record<string, Grade>> =>
    Object.fromEntries((await withKept(gradesOf)).map(grade => [grade.learner, grade]));
  const take = (rows: readonly string[]): Promise<number> =>
    withKept(async (gradebook, kept) => {
      const file = join(marks, 'filled.csv');
      await writeFile(file, ['answer,question,points,max,comment,author', ...rows, ''].join('\n'));
      return importMarks(gradebook, kept, secret, file, all.results, 'turing');
    });
  let pseudonym: string;

  it('that nobody has marked leave the score empty, not lower', async () => {
    expect((await grades())['ada']).toMatchObject({
      status: 'graded',
      score: undefined,
      max: 10,
      rawScore: 5,
      reason: 'Written answers are not marked yet: Why clip?, why-round.',
    });
  });

  it('go out with their rubric, and say nothing of who wrote them', async () => {
    expect(await withKept((gradebook, kept) => exportMarks(gradebook, kept, secret, marks))).toEqual({answers: 4, empty: 2, nowhere: []});
    expect(readdirSync(marks).sort()).toEqual(['marks.csv', 'why-clip.html', 'why-round.html']);
    const [page, csv] = ['why-clip.html', 'marks.csv'].map(name => readFileSync(join(marks, name), 'utf8'));
    expect(page).toContain('names saturation');
    expect(page).toContain('&lt;b&gt;saturation&lt;/b&gt;');
    expect(page! + csv!).not.toMatch(/ada|grace/);
    const rows = csv!.split('\r\n');
    expect(
      rows
        .filter(row => row.includes('why-clip'))
        .map(row => row.replace(/^\w{10}/, ''))
        .sort(),
    ).toEqual([',why-clip,,4,,', ',why-clip,0,4,No answer was found.,']);
    pseudonym = rows.find(row => row.endsWith(',why-clip,,4,,'))!.slice(0, 10);
  });

  it('go out without the text that they were given with, which alone is no answer', async () => {
    const folder = join(all.folder, 'given');
    const given = new Map([
      ['why-clip', '=HYPERLINK("x")\n'],
      ['why-round', 'half to even'],
    ]);
    expect(await withKept((gradebook, kept) => exportMarks(gradebook, kept, secret, folder, given))).toMatchObject({
      answers: 4,
      empty: 3,
    });
    const [clip, round] = ['why-clip.html', 'why-round.html'].map(name => readFileSync(join(folder, name), 'utf8'));
    expect(clip).toContain('As it was asked</h2><div class="answer">=HYPERLINK(&quot;x&quot;)</div>');
    expect(clip).toContain('<div class="answer">&lt;b&gt;saturation&lt;/b&gt;</div>');
    expect(round!.match(/No answer was found/g)).toHaveLength(2);
  });

  it('come in with points, comment and author, once', async () => {
    const rows = [`${pseudonym},why-clip,3,4,"Good, but name the error.",hopper`, `${pseudonym},why-round,1,1,,`];
    expect(await take(rows)).toBe(2);
    expect(await take(rows)).toBe(0);
    expect((await grades())['ada']).toMatchObject({score: 9, max: 10, reason: ''});
    expect((await grades())['ada']!.attempt!.written[0]).toMatchObject({points: 3, author: 'hopper'});
    expect((await grades())['ada']!.attempt!.written[1]).toMatchObject({points: 1, author: 'turing'});
    expect(all.file('grades.csv')).toMatch(/^ada,ada_small.ipynb,98-small,graded,,9,10,/m);
    expect(all.file('ada/feedback.html')).toMatch(/Written answers.*3 of 4 points.*Good, but name the error\./s);
    expect((await grades())['grace']!.score).toBe(undefined);
  });

  it('that went out with a comment like a formula come in as they were', async () => {
    await take([`${pseudonym},why-round,1,1,=half to even,`]);
    await withKept((gradebook, kept) => exportMarks(gradebook, kept, secret, marks));
    const exported = readFileSync(join(marks, 'marks.csv'), 'utf8').split('\r\n');
    const row = exported.find(line => line.startsWith(`${pseudonym},why-round`))!;
    expect(row).toBe(`${pseudonym},why-round,1,1,'=half to even,turing`);
    expect(await take([row])).toBe(0);
  });

  it.each([
    [() => '0123456789,why-clip,3,4,,', /filled\.csv:2: expected an answer of this assignment, got "0123456789"/],
    [() => `${pseudonym},why,3,4,,`, /filled\.csv:2: expected one of the questions why-clip, why-round, got "why"/],
    [() => `${pseudonym},why-clip,5,4,,`, /filled\.csv:2: expected points from 0 to 4, got "5"/],
    [() => `${pseudonym},why-clip,many,4,,`, /filled\.csv:2: expected points from 0 to 4, got "many"/],
  ])('with a wrong line are refused, all of them: %#', async (row, message) => {
    const before = await grades();
    await expect(take([row(), `${pseudonym},why-round,0,1,,`])).rejects.toThrow(message);
    expect(await grades()).toEqual(before);
  });

  it('keep their marks through another grading, and need new ones when something else is handed in', async () => {
    await all.grade({assignment: {assignment}});
    expect(all.file('ada/feedback.html')).toContain('Good, but name the error.');
    expect((await grades())['ada']!.score).toBe(9);
    const file = join(all.submissions, 'ada_small.ipynb');
    await appendFile(file, '\n');
    await utimes(file, new Date(), new Date(Date.now() + 60_000));
    await all.grade({assignment: {assignment}});
    expect((await grades())['ada']).toMatchObject({score: undefined, attempts: 2});
  }, 60_000);
});

describe.skipIf(missing)("a lesson's own written answers", () => {
  const lesson = {...gradedSmallLesson, written: writtenQuestions([{question: 'why-clip', title: 'Why clip?', points: 4}])};
  const wrong: Notebook = {...answering('no idea'), cells: answering('no idea').cells.filter(({id}) => id !== 'quantizeInt8')};
  let all: TestClass;
  beforeAll(async () => {
    all = await TestClass.make({ada: answering('saturation'), grace: wrong});
    await all.grade({lesson});
  }, 60_000);
  afterAll(() => all.remove());
  const grades = (): Promise<Grade[]> =>
    withGradebook(all.results, async gradebook => gradesOf(gradebook, keptAssignment((await gradebook.assignments())[0]!)));
  const scores = async (): Promise<unknown> => (await grades()).map(({learner, score, max}) => [learner, score, max]);
  const notCounting = 'written answers are not marked, and do not count yet';

  it('leave score and full marks as the checks say while nobody marks, and feedback says so', async () => {
    expect(await scores()).toEqual([
      ['ada', 5, 5],
      ['grace', 2, 5],
    ]);
    expect((await grades())[0]!.notes).toEqual([notCounting]);
    expect(all.file('grades.csv')).toMatch(/^ada,ada_small.ipynb,98-small,graded,,5,5,/m);
    expect(all.file('ada/feedback.html')).toMatch(/Written answers.*Why clip\?.*not marked yet/s);
  });

  it('count for all of the class from the first mark on; who is not marked then has no score', async () => {
    const marks = join(all.folder, 'marks');
    await withGradebook(all.results, async gradebook => {
      const kept = keptAssignment((await gradebook.assignments())[0]!);
      expect(await exportMarks(gradebook, kept, secret, marks)).toMatchObject({answers: 2, nowhere: []});
      const rows = readFileSync(join(marks, 'marks.csv'), 'utf8').split('\r\n');
      const ada = /([0-9a-f]{10})<\/code><\/h2>\s*<div class="answer">saturation/.exec(
        readFileSync(join(marks, 'why-clip.html'), 'utf8'),
      )![1]!;
      const filled = rows.map(row => (row.startsWith(ada) ? `${ada},why-clip,3,4,,` : row));
      await writeFile(join(marks, 'marks.csv'), filled.join('\r\n'));
      expect(await importMarks(gradebook, kept, secret, join(marks, 'marks.csv'), all.results, 'turing')).toBe(1);
    });
    expect(await scores()).toEqual([
      ['ada', 8, 9],
      ['grace', undefined, 9],
    ]);
    expect(await grades()).toMatchObject([
      {notes: [], reason: ''},
      {notes: [], reason: 'Written answers are not marked yet: Why clip?.'},
    ]);
    await all.grade({lesson});
    expect(all.file('grades.csv')).toMatch(/^ada,ada_small.ipynb,98-small,graded,,8,9,/m);
  }, 60_000);

  it("of a cell that no notebook has are nobody's 0, and the name is said", async () => {
    const [to, marks] = [join(all.folder, 'mistaken'), join(all.folder, 'mistaken-marks')];
    await all.grade({
      lesson,
      to,
      assignment: {assignment: parseAssignment('lesson: 98-small\nwritten: [{question: why-clop, points: 4}]\n', 'assignment.yaml')},
    });
    await withGradebook(to, async gradebook => {
      const kept = keptAssignment((await gradebook.assignments())[0]!);
      expect(await exportMarks(gradebook, kept, secret, marks)).toEqual({answers: 2, empty: 0, nowhere: ['why-clop']});
    });
    expect(readFileSync(join(marks, 'marks.csv'), 'utf8').match(/,why-clop,,4,,\r/g)).toHaveLength(2);
  }, 60_000);

  it.each([
    ['gives way to those that an assignment lists', '[{question: why-round, points: 1}]', [undefined, 6]],
    ['gives way to an assignment that wants none', '[]', [5, 5]],
  ])(
    '%s',
    async (_, written, [score, max]) => {
      const to = join(all.folder, `with ${written.length}`);
      await all.grade({
        lesson,
        to,
        assignment: {assignment: parseAssignment(`lesson: 98-small\nwritten: ${written}\n`, 'assignment.yaml')},
      });
      const [ada] = await withGradebook(to, async gradebook => gradesOf(gradebook, keptAssignment((await gradebook.assignments())[0]!)));
      expect([ada!.score, ada!.max]).toEqual([score, max]);
    },
    60_000,
  );
});
