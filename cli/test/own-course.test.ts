import {execFile} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {Course, readLesson, solvedNotebook} from '../../exercises/build/index.ts';
import {missingSandbox} from '../../grader/test/class.ts';
import {unpack} from '../../grader/test/unpack.ts';

const root = join(import.meta.dirname, '../..');
const slug = '01-my-lesson';
const missing = await missingSandbox();
let folder: string;
let course: Course;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapgrid own course '));
  course = new Course(join(folder, 'course'));
});
afterAll(() => rmSync(folder, {recursive: true}));

function snapgrid(...args: string[]): Promise<{code: number; output: string}> {
  return new Promise(resolve =>
    execFile(process.execPath, [join(root, 'bin/snapgrid.mjs'), ...args], {cwd: folder}, (error, stdout, stderr) =>
      resolve({code: error ? Number(error.code) : 0, output: stdout + stderr}),
    ),
  );
}

describe("an instructor's own course, outside of the project", () => {
  it('begins with a lesson that works, and is told what to do next', async () => {
    const {code, output} = await snapgrid('new', slug, '--course', 'course');
    expect({code, output}).toEqual({code: 0, output: expect.stringContaining(`npx snapgrid check ${slug} --course course`)});
    const check = await snapgrid('check', '--course', 'course');
    expect(check.output).toContain('stepOf: 2 checks · 2 alternatives pass · 6 wrong answers caught');
    expect(check.output).toContain('margins.json is missing');
    expect(check.output).toContain('01-my-lesson.ipynb is stale');
    expect(check.code).toBe(1);
  }, 60_000);

  it('holds once it is calibrated and its notebook is built', async () => {
    expect((await snapgrid('calibrate', '01', '--course', 'course')).code).toBe(0);
    expect((await snapgrid('notebooks', '--course', 'course')).code).toBe(0);
    const check = await snapgrid('check', '--course', 'course');
    expect(check).toEqual({code: 0, output: expect.stringContaining('✓ everything holds')});
  }, 60_000);

  it('is no proof where it has no lesson, and names the checks that an imported one lacks', async () => {
    mkdirSync(join(folder, 'empty'));
    for (const command of ['check', 'calibrate'])
      expect(await snapgrid(command, '--course', 'empty')).toEqual({
        code: 1,
        output: expect.stringMatching(
          /Expected lessons in .*empty\/exercises, found none; make one: npx snapgrid new .* --course '.*empty'/,
        ),
      });
    const notebook = join(course.notebooks, `${slug}.ipynb`);
    expect((await snapgrid('import', notebook, '--as', '02-mine', '--course', 'course')).code).toBe(0);
    expect((await snapgrid('check', '02', '--course', 'course')).output).toMatch(
      /Expected the lesson's checks at .*02-mine\/checks\.ts, found none; write them/,
    );
    rmSync(course.folder('02-mine'), {recursive: true});
    // Of which course it is, the notebook does not say.
    expect((await snapgrid('grade', notebook)).output).toMatch(/got "01-my-lesson"; name its course: --course <folder>/);
  }, 60_000);

  it('says that margins are of other checks when a check is edited', async () => {
    const file = join(course.folder(slug), 'checks.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('threshold: 1e-6', 'threshold: 1'));
    const {output} = await snapgrid('check', '--course', 'course');
    expect(output).toContain('margins.json was measured on other checks');
    expect(output).toContain('wrong/128.ts must fail "the largest magnitude is 127 steps away from zero"');
    writeFileSync(file, text);
  }, 60_000);

  it.skipIf(missing)(
    'is graded',
    async () => {
      const submissions = join(folder, 'submissions');
      mkdirSync(submissions);
      cpSync(join(course.notebooks, `${slug}.ipynb`), join(submissions, 'ada_stub.ipynb'));
      const solved = solvedNotebook(readLesson(course.folder(slug)), course.solutions(slug).answers.source);
      writeFileSync(join(submissions, 'bo_solved.ipynb'), JSON.stringify(solved));
      const {code, output} = await snapgrid('grade', 'submissions', '--course', 'course', '--to', 'results');
      expect({code, output}).toEqual({code: 0, output: expect.stringContaining('2 graded (1 with full points)')});
      const grades = readFileSync(join(folder, 'results', 'grades.csv'), 'utf8');
      expect(grades).toMatch(/^ada,ada_stub\.ipynb,01-my-lesson,graded,,0,3,0$/m);
      expect(grades).toMatch(/^bo,bo_solved\.ipynb,01-my-lesson,graded,,3,3,3$/m);
      const again = await snapgrid('grade', 'submissions', '--course', 'course', '--to', 'results');
      expect(again.output).toMatch(/^2\/2 · graded before · 1 with .*, 1 with .*$/m);
      // Which course it was, the gradebook does not say.
      const lost = await snapgrid('regrade');
      expect(lost).toEqual({
        code: 1,
        output: expect.stringMatching(/^Expected the lesson 01-my-lesson in .*; name its course: --course <folder>/),
      });
    },
    60_000,
  );

  it.skipIf(missing)(
    'is packed for Gradescope with its checks and without its answers, and graded there',
    async () => {
      const pack = await snapgrid('export', 'gradescope', '--course', 'course', '--lesson', '01', '--to', 'autograder.zip');
      expect(pack).toEqual({code: 0, output: expect.stringContaining('upload it')});
      const autograder = join(folder, 'autograder');
      const names = [...(await unpack(join(folder, 'autograder.zip'), join(autograder, 'source'))).keys()];
      expect(names).toContain(`course/exercises/${slug}/checks.ts`);
      expect(
        names.filter(name => /(^|\/)solutions\/|exercises\/\d\d-/.test(name) && !name.startsWith(`course/exercises/${slug}/`)),
      ).toEqual([]);
      // What its setup.sh installs.
      symlinkSync(join(root, 'node_modules'), join(autograder, 'source/snapgrid/node_modules'));
      for (const name of ['submission', 'results']) mkdirSync(join(autograder, name));
      cpSync(join(folder, 'submissions/bo_solved.ipynb'), join(autograder, 'submission/work.ipynb'));
      const metadata = {created_at: '2026-08-02T14:22:32.365935-07:00', assignment: {}, users: [{email: 'bo@x.org'}]};
      writeFileSync(join(autograder, 'submission_metadata.json'), JSON.stringify(metadata));
      const env = {...process.env, AUTOGRADER: autograder};
      const said = await promisify(execFile)(join(autograder, 'source/run_autograder'), {env}).catch((error: Error) => error);
      expect(said).toMatchObject({stdout: 'score 3\n'});
    },
    180_000,
  );

  it('takes in a notebook that another program made, and builds it', async () => {
    const cells = [
      {cell_type: 'markdown', metadata: {}, source: '# Sums'},
      {cell_type: 'code', metadata: {}, source: '1 + 1', outputs: []},
    ];
    writeFileSync(join(folder, 'sums.ipynb'), JSON.stringify({nbformat: 4, nbformat_minor: 5, metadata: {}, cells}));
    const unnamed = await snapgrid('import', 'sums.ipynb', '--course', 'course');
    expect(unnamed).toEqual({code: 1, output: expect.stringContaining('--as 01-sums')});
    const imported = await snapgrid('import', 'sums.ipynb', '--course', 'course', '--as', '02-sums');
    expect(imported).toEqual({code: 0, output: expect.stringContaining('fill in the front matter')});
    expect((await snapgrid('import', 'sums.ipynb', '--course', 'course', '--as', '02-sums')).output).toContain('--force writes over it');
    await snapgrid('notebooks', '--course', 'course');
    expect(readFileSync(join(course.notebooks, '02-sums.ipynb'), 'utf8')).toContain('"# Sums"');
  }, 60_000);

  it.each([
    [['new', 'mine', '--course', 'course'], /two digits and words in small letters/],
    [['new', '01-other', '--course', 'course'], /a number that no lesson has, got 01, which is that of 01-my-lesson/],
    [['check', '07', '--course', 'course'], /Expected a lesson's number or folder, got "07"; there are 01-my-lesson/],
    [['check', '--course', 'nowhere'], /Expected a course's folder, found none at .*nowhere; make one: npx snapgrid new/],
  ])('%j is refused with what to do', async (args, message) => {
    const {code, output} = await snapgrid(...args);
    expect({code, output}).toEqual({code: 1, output: expect.stringMatching(message)});
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
});
