import {execFile} from 'node:child_process';
import {createWriteStream} from 'node:fs';
import {mkdir, readFile, rm, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {promisify} from 'node:util';
import yazl from 'yazl';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import type {Notebook} from '../../exercises/build/index.ts';
import {findAssignment} from '../assignment.ts';
import {cell} from '../demo/hostile.ts';
import {eachGrade, keptAssignment} from '../gradebook/grades.ts';
import {override} from '../gradebook/override.ts';
import {withGradebook} from '../gradebook/reading.ts';
import {regrade, type Regraded} from '../regrade.ts';
import {exportGrades, type Profile} from '../reports/profiles.ts';
import {missingSandbox, TestClass} from './class.ts';
import {easierLesson, gradedSmallLesson, smallSolved} from './small-lesson.ts';

const missing = await missingSandbox();

const halfRight = cell(smallSolved, 'chooseScale', 'const chooseScale = () => 1');
const manifest = `lesson: 98-small
name: small
points: 10
due: 2026-12-01 12:00
timezone: UTC
attempts: best
late: {perDay: 10%}
roster: roster.csv
`;
const roster = 'id,first_name,last_name,email\nada,Ada,Lovelace,ada@x.org\ngrace,Grace,Hopper,\nlate,Al,=cmd(),\nabsent,No,Body,\n';

const corrected = {...gradedSmallLesson, version: 2, lesson: easierLesson};

describe.skipIf(missing)('an assignment', () => {
  let all: TestClass;
  let first: Awaited<ReturnType<TestClass['grade']>>;
  let shown: Regraded;

  /** In nbgrader's folders: its own timestamp counts, then the file's. */
  async function handIn(learner: string, file: string, notebook: Notebook | string, at: string, timestamp?: string): Promise<void> {
    const folder = join(all.submissions, 'submitted', learner, 'small');
    await mkdir(folder, {recursive: true});
    const path = join(folder, file);
    if (file.endsWith('.zip')) {
      const archive = new yazl.ZipFile();
      archive.addBuffer(Buffer.from(JSON.stringify(notebook)), 'inside/work.ipynb');
      archive.end();
      await pipeline(archive.outputStream, createWriteStream(path));
    } else await writeFile(path, typeof notebook === 'string' ? notebook : JSON.stringify(notebook));
    await utimes(path, new Date(at), new Date(at));
    if (timestamp !== undefined) await writeFile(join(folder, 'timestamp.txt'), timestamp);
  }

  beforeAll(async () => {
    all = await TestClass.make({});
    await writeFile(join(all.submissions, 'assignment.yaml'), manifest);
    await writeFile(join(all.submissions, 'roster.csv'), roster);
    await handIn('ada', 'v1.ipynb', smallSolved, '2026-11-30T12:00:00Z');
    await handIn('ada', 'v2.ipynb', halfRight, '2026-11-30T13:00:00Z');
    await handIn('grace', 'work.zip', halfRight, '2026-12-01T11:00:00Z');
    await handIn('late', 'work.ipynb', smallSolved, '2026-11-01T00:00:00Z', '2026-12-02 13:00:00 UTC');
    await handIn('guest', 'work.ipynb', 'no notebook', '2026-11-30T12:00:00Z');
    await mkdir(join(all.submissions, 'submitted/ada/other'));
    await writeFile(join(all.submissions, 'submitted/ada/other/work.ipynb'), 'of another assignment');
    first = await grade();
  }, 120_000);

  afterAll(() => all.remove());

  async function grade(change = {}): ReturnType<TestClass['grade']> {
    const assignment = await findAssignment(all.submissions);
    return all.grade({...(assignment ? {assignment} : {}), ...change});
  }

  async function exported(profile: Profile): Promise<string[]> {
    return withGradebook(all.results, async gradebook => {
      const [row] = await gradebook.assignments();
      const kept = keptAssignment(row!);
      let text = '';
      for await (const line of exportGrades(profile, kept, eachGrade(gradebook, kept))) text += line;
      return text.trimEnd().split(/\r?\n/);
    });
  }

  it('counts the best attempt, takes lateness off, scales points, and lists who handed nothing in', async () => {
    expect(first.results.map(({learner}) => learner)).toEqual(['ada', 'grace', 'guest', 'late']);
    expect(Object.fromEntries(first.submittedFrom)).toEqual({'file time': 4, 'timestamp.txt': 1});
    expect(all.file('grades.csv').split('\r\n')).toEqual([
      'learner,file,lesson,status,reason,score,max,raw score,submitted,submitted from,days late,late penalty,override,chooseScale,quantizeInt8',
      'absent,,98-small,missing,Nothing was handed in.,,10,,,,0,0,,,',
      'ada,submitted/ada/small/v1.ipynb,98-small,graded,,10,10,10,2026-11-30T12:00:00.000Z,file time,0,0,,2,3',
      'grace,submitted/grace/small/work.zip,98-small,graded,,6,10,6,2026-12-01T11:00:00.000Z,file time,0,0,,0,3',
      `guest,submitted/guest/small/work.ipynb,98-small,not graded,"Expected a notebook, got a file that is not JSON; was it saved to its end?",,10,,2026-11-30T12:00:00.000Z,file time,0,0,,,`,
      'late,submitted/late/small/work.ipynb,98-small,graded,,8,10,10,2026-12-02T13:00:00.000Z,timestamp.txt,2,2,,2,3',
      '',
    ]);
    expect(JSON.parse(all.file('ada/result.json'))).toMatchObject({points: 5, file: 'submitted/ada/small/v1.ipynb'});
  });

  it('shows names, who handed in nothing, and to each learner the score that counts', () => {
    const page = all.file('class.html');
    expect(page).toMatch(/<dt>handed in nothing<\/dt><dd>1<\/dd>/);
    expect(page).toMatch(
      /<h2 id="missing">1 of the roster handed in nothing<\/h2><ul class="names"><li><bdi>absent<\/bdi> <span[^>]*>No Body</,
    );
    expect(page).toMatch(/<bdi>grace<\/bdi><\/a> <span[^>]*>Grace Hopper</);
    expect(page.split('<bdi>absent</bdi>')).toHaveLength(2);
    // Three of five points, on time: nothing but another number of full marks.
    expect(all.file('grace/feedback.html')).toMatch(/The score that counts<\/h2><p><strong>6 of 10</);
  });

  it('is exported as nbgrader, Canvas and Moodle write it; no score is never a 0, and no name is a formula', async () => {
    expect(await exported('nbgrader')).toEqual([
      'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score',
      'small,2026-12-01 12:00:00,,absent,Body,No,,,,,10',
      'small,2026-12-01 12:00:00,2026-11-30 12:00:00,ada,Lovelace,Ada,ada@x.org,10,0,10,10',
      'small,2026-12-01 12:00:00,2026-12-01 11:00:00,grace,Hopper,Grace,,6,0,6,10',
      'small,2026-12-01 12:00:00,2026-11-30 12:00:00,guest,,,,,,,10',
      "small,2026-12-01 12:00:00,2026-12-02 13:00:00,late,'=cmd(),Al,,10,2,8,10",
    ]);
    expect((await exported('canvas')).slice(0, 4)).toEqual([
      'Student,ID,SIS User ID,SIS Login ID,Section,small',
      '"    Points Possible",,,,,10',
      '"Body, No",,,absent,,',
      '"Lovelace, Ada",,,ada,,10',
    ]);
    // Moodle refuses a file with a name that it does not know, and takes an empty grade of a new item for 0.
    expect(await exported('moodle')).toEqual([
      'Username,ID number,Email address,First name,Last name,small,small feedback',
      'absent,absent,,No,Body,-,Not graded: Nothing was handed in.',
      'ada,ada,ada@x.org,Ada,Lovelace,10,',
      'grace,grace,,Grace,Hopper,6,',
      "late,late,,Al,'=cmd(),8,Handed in 2 days late: 2 points less.",
    ]);
    const lines = (await exported('jsonl')).map(line => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({learner, score}) => [learner, score])).toEqual([
      ['absent', null],
      ['ada', 10],
      ['grace', 6],
      ['guest', null],
      ['late', 8],
    ]);
  });

  it('is written to a file by the command, with the reasons of those without a score, and names who is not on the roster', async () => {
    const to = join(all.folder, 'moodle.csv');
    const program = [join(projectRoot, 'dist/cli/main.js'), 'export', 'moodle', '--results', all.results];
    const {stdout, stderr} = await promisify(execFile)(process.execPath, [...program, '--to', to]);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^1 learner not on the roster, left out because Moodle .*: guest$/),
      `2 learners without a score, which is not a 0; why: ${join(all.folder, 'moodle.without-score.csv')}`,
      '',
    ]);
    expect((await readFile(to, 'utf8')).trimEnd().split('\r\n')).toEqual(await exported('moodle'));
    expect((await readFile(join(all.folder, 'moodle.without-score.csv'), 'utf8')).split('\r\n')).toEqual([
      'learner,assignment,status,reason',
      'absent,small,missing,Nothing was handed in.',
      'guest,small,not graded,"Expected a notebook, got a file that is not JSON; was it saved to its end?"',
      '',
    ]);
    const printed = await promisify(execFile)(process.execPath, program);
    expect(printed.stdout).toBe(await readFile(to, 'utf8'));
    expect(printed.stderr).toContain(`why: npx snapgrid grades --results ${all.results}`);
  });

  it('regraded with a corrected lesson shows both scores and changes none', async () => {
    const options = {
      to: all.results,
      lesson: corrected,
      isolation: 'bubblewrap' as const,
      secret: '5e'.repeat(32),
      graderVersion: '0',
      root: projectRoot,
    };
    await expect(grade({lesson: corrected})).rejects.toThrow(
      /version 1 of the lesson 98-small, which this gradebook counts, got version 2; .*snapgrid regrade/,
    );
    await expect(regrade({...options, lesson: gradedSmallLesson})).rejects.toThrow(
      /a version above 1, which counts, got version 1; raise `version`/,
    );
    const before = all.file('grades.csv');
    // The folder of submissions may be gone by then.
    await rm(join(all.submissions, 'submitted/grace'), {recursive: true});
    shown = await regrade(options);
    expect(shown.rows.map(({before, after}) => [before.learner, before.score, after.score])).toEqual([
      ['ada', 10, 10],
      ['grace', 6, 10],
      ['guest', undefined, undefined],
      ['late', 8, 8],
    ]);
    expect((await readFile(shown.csv, 'utf8')).split('\r\n')).toContain('grace,graded,graded,6,10,4,10,10,0,2,3,3');
    expect(all.file('grades.csv')).toBe(before);
    expect((await exported('nbgrader')).join()).toContain('Grace,,6,0,6,10');
    await regrade({...options, accept: {author: 'turing', reason: 'checks were too hard'}});
    expect((await exported('nbgrader')).join()).toContain('Grace,,10,0,10,10');
    expect(JSON.parse(all.file('grace/result.json'))).toMatchObject({points: 5, lessonVersion: 2});
    expect((await grade({lesson: corrected})).results.find(({learner}) => learner === 'ada')!.points).toBe(5);
  }, 120_000);

  it('keeps what was decided, by whom and why, over a later grading', async () => {
    await withGradebook(all.results, async gradebook => {
      const kept = keptAssignment((await gradebook.assignments())[0]!);
      const decide = {author: 'turing', reason: 'oral exam'};
      await expect(override(gradebook, kept, {...decide, learner: 'grac', score: 7})).rejects.toThrow(/got "grac"; did you mean grace\?/);
      await expect(override(gradebook, kept, {...decide, learner: 'ada', score: -1})).rejects.toThrow(/points from 0 on, got -1/);
      await expect(override(gradebook, kept, {...decide, learner: 'ada', score: 1, reason: ' '})).rejects.toThrow(/Expected a reason/);
      await expect(override(gradebook, kept, {...decide, learner: 'ada', due: 'soon'})).rejects.toThrow(
        /Expected a date with a time.*got "soon"/,
      );
      await override(gradebook, kept, {...decide, learner: 'absent', score: 7});
      await override(gradebook, kept, {...decide, learner: 'late', due: '2026-12-03 00:00', reason: 'was ill'});
    });
    await grade({lesson: corrected});
    const rows = all.file('grades.csv').split('\r\n');
    expect(rows[1]).toBe('absent,,98-small,missing,,7,10,,,,0,0,turing: oral exam,,');
    expect(rows.find(row => row.startsWith('late,'))).toContain(',graded,,10,10,10,2026-12-02T13:00:00.000Z,timestamp.txt,0,0,');
    const trail = await withGradebook(all.results, gradebook => gradebook.changes('98-small'));
    expect(trail.map(({kind, learner, author, reason}) => [kind, learner, author, reason].join(' '))).toEqual([
      expect.stringMatching(/^manifest .* the manifest that was given$/),
      'lesson version  turing checks were too hard',
      'score absent turing oral exam',
      'due late turing was ill',
    ]);
  }, 60_000);

  it('is read from a folder that cannot be written, where nothing can be decided', async () => {
    const walls = [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--ro-bind',
      all.results,
      '/mnt',
      '--tmpfs',
      '/run',
      '--setenv',
      'TMPDIR',
      '/run',
    ];
    const snapgrid = (...args: string[]): Promise<{stdout: string}> =>
      promisify(execFile)('bwrap', [...walls, process.execPath, join(projectRoot, 'dist/cli/main.js'), ...args, '--results', '/mnt']);
    const {stdout} = await snapgrid('grades', '--json');
    await expect(snapgrid('override', 'ada', '--score', '1', '--reason', 'none')).rejects.toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^Expected a folder of results that can be written, got \/mnt; nothing was changed/),
    });
    expect((JSON.parse(stdout) as {learner: string}[]).map(({learner}) => learner)).toEqual(['absent', 'ada', 'grace', 'guest', 'late']);
  });
});
