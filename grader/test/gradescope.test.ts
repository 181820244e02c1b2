import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {readLesson, solvedNotebook} from '../../exercises/build/index.ts';
import {ownCourse} from '../../exercises/build/course.ts';
import {projectRoot} from '../../project/root.ts';
import {writeAutograder} from '../gradescope/archive.ts';
import {readMetadata} from '../gradescope/metadata.ts';
import {missingSandbox} from './class.ts';
import {unpack} from './unpack.ts';

const missing = await missingSandbox();
const slug = '04-int8-from-scratch';
const secret = '5e'.repeat(32);
const metadata = {
  id: 123456,
  created_at: '2018-08-02T14:22:32.365935-07:00',
  assignment: {due_date: '2018-07-31T23:00:00.000000-07:00', late_due_date: null, title: 'int8', total_points: '10.0'},
  submission_method: 'upload',
  users: [
    {email: 'ada@x.org', id: 1, name: 'Ada'},
    {email: 'grace@x.org', id: 2, name: 'Grace'},
  ],
  previous_submissions: [],
};

describe.skipIf(missing)("an autograder in Gradescope's container", () => {
  let folder: string;
  let modes: Map<string, number>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-gradescope-test-'));
    const archive = join(folder, 'autograder.zip');
    const manifest = 'lesson: 04\npoints: 10\nlate: {perDay: 10%}\nroster: none.csv\n';
    await writeAutograder(archive, {
      root: projectRoot,
      slug,
      backend: 'cpu',
      isolation: 'bubblewrap',
      manifest,
      secret,
      nodeVersion: 'v22.1.0',
    });
    modes = await unpack(archive, join(folder, 'source'));
    // What its setup.sh installs.
    await symlink(join(projectRoot, 'node_modules'), join(folder, 'source/snapgrid/node_modules'));
    await mkdir(join(folder, 'results'));
    await writeFile(join(folder, 'submission_metadata.json'), JSON.stringify(metadata));
  }, 120_000);

  afterAll(() => rm(folder, {recursive: true}));

  async function run(files: Readonly<Record<string, string>>): Promise<{output: string; results: Record<string, unknown>}> {
    await rm(join(folder, 'submission'), {recursive: true, force: true});
    await mkdir(join(folder, 'submission'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'submission', name), text);
    const {stdout} = await promisify(execFile)(join(folder, 'source/run_autograder'), {env: {...process.env, AUTOGRADER: folder}});
    return {
      output: stdout.trim(),
      results: JSON.parse(await readFile(join(folder, 'results/results.json'), 'utf8')) as Record<string, unknown>,
    };
  }

  it('holds two programs that can be run, one lesson, and no answers, tests or secret of the course', async () => {
    expect([modes.get('setup.sh'), modes.get('run_autograder')]).toEqual([0o755, 0o755]);
    for (const script of ['setup.sh', 'run_autograder'])
      expect(await promisify(execFile)('bash', ['-n', join(folder, 'source', script)])).toEqual({stdout: '', stderr: ''});
    const names = [...modes.keys()];
    expect(names).toContain(`snapgrid/dist/exercises/${slug}/checks.js`);
    expect(names.filter(name => /solutions|\.test\.|\/test\/|exercises\/15|\/notebooks\//.test(name))).toEqual([]);
  });

  it('is prepared once, by the last line of its setup.sh: no submission waits for that', async () => {
    const setup = (await readFile(join(folder, 'source/setup.sh'), 'utf8')).trimEnd().split('\n');
    // As much as needs no network: where it goes to, and what it runs there in the end.
    const script = [...setup.filter(line => /^(root=|cd "\$root)/.test(line)), setup.at(-1)!].join('\n');
    // Where no shell started it, a bash that is given its commands reads the machine's settings first.
    const {stdout, stderr} = await promisify(execFile)('bash', ['--norc', '-euc', script], {env: {...process.env, AUTOGRADER: folder}});
    expect([stdout, stderr]).toEqual([`Ready to grade ${slug}\n`, '']);
    expect(await readdir(join(folder, 'source/snapgrid/.snapgrid'))).toContain('runtime');
    expect(setup.join('\n')).toMatch(/npm ci --omit=dev --ignore-scripts\nnpm install .* rolldown@\d+\.\d+\.\d+\nln -sfn /);
  }, 180_000);

  it('keeps a secret of its own', async () => {
    const own = await readFile(join(folder, 'source/snapgrid/.snapgrid/secret'), 'utf8');
    expect(own).toMatch(/^[0-9a-f]{64}$/);
    expect(own).not.toBe(secret);
  });

  it('writes the score after lateness, and a test per check', async () => {
    const {answers} = ownCourse.solutions(slug);
    const {output, results} = await run({
      'work.ipynb': JSON.stringify(solvedNotebook(readLesson(ownCourse.folder(slug)), answers.source)),
    });
    expect(output).toBe('score 8');
    expect(results).toMatchObject({score: 8, output: '2 points less: handed in 2 days late.', visibility: 'visible'});
    const tests = results['tests'] as {score: number; max_score: number; status: string; number: string}[];
    expect(tests.map(({status}) => status)).toEqual(tests.map(() => 'passed'));
    expect(tests.reduce((sum, {max_score}) => sum + max_score, 0)).toBe(21);
    expect(tests[0]!.number).toBe('1.1');
  }, 180_000);

  it('gives what cannot be graded no score, and says why', async () => {
    const {output, results} = await run({'work.ipynb': 'not a notebook'});
    expect(output).toMatch(/^Not graded, which is not a score of 0: Expected a notebook/);
    expect(Object.keys(results).sort()).toEqual(['execution_time', 'output', 'output_format', 'visibility']);
  }, 60_000);

  it.each([
    [{}, 'no file'],
    [{'report.pdf': 'x', '04.py': 'y'}, '"04.py", "report.pdf"'],
  ])('gives 0 where no notebook was handed in (%j), and says what to hand in', async (files, got) => {
    const {output, results} = await run(files);
    expect(output).toBe('score 0');
    expect(results).toEqual({
      score: 0,
      execution_time: 0,
      output: `Expected the notebook of the lesson ${slug} (.ipynb), or a zip archive of it, got ${got}; save it in JupyterLab and hand in that file.`,
      output_format: 'text',
      visibility: 'visible',
    });
  });

  it('reads who handed in and when, and refuses what is no metadata', async () => {
    const path = join(folder, 'submission_metadata.json');
    expect(await readMetadata(path)).toEqual({
      learner: 'ada@x.org+grace@x.org',
      submittedAt: '2018-08-02T21:22:32.365Z',
      due: '2018-08-01T06:00:00.000Z',
    });
    const other = join(folder, 'other.json');
    await writeFile(other, JSON.stringify({...metadata, created_at: 'now', users: []}));
    await expect(readMetadata(other)).rejects.toThrow(
      /as Gradescope documents it, got: \/created_at must match.*\/users must NOT have fewer than 1 items/,
    );
    await expect(readMetadata(join(folder, 'none.json'))).rejects.toThrow(/got ENOENT; run this in its container/);
  });
});
