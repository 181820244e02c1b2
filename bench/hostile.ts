import {execFile} from 'node:child_process';
import {mkdirSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {grade} from '../grader/grade.ts';
import {unexpected} from '../grader/demo/compare.ts';
import {loadDemoLesson, writeDemoClass} from '../grader/demo/class.ts';
import {courseSecret} from '../grader/secret.ts';
import {graderVersion} from '../grader/version.ts';
import type {SubmissionResult} from '../grader/results.ts';
import {projectRoot} from '../project/root.ts';

const run = promisify(execFile);
const course = join(projectRoot, 'bench', 'hostile_course.py');
/** What never ends is ended: a peer's command knows no limit of its own. */
const limitSeconds = {making: 300, grading: 60} as const;

/** How many of the twenty submissions that graders get wrong each gets right, everybody's on the same tasks in their language. */
export async function rightScores(folder: string, nbgraderPython: string, otterPython: string): Promise<Record<string, number>> {
  const ours = await rightOfOurs(join(folder, 'snapgrid'));
  const [nbgrader, otter] = await Promise.all([
    rightOfNbgrader(join(folder, 'nbgrader'), nbgraderPython),
    rightOfOtter(join(folder, 'otter'), otterPython),
  ]);
  return {'snapgrid, lesson 04': ours, nbgrader, otter};
}

/** The first of each kind among the hostile ones of the demo. */
async function rightOfOurs(folder: string): Promise<number> {
  const from = join(folder, 'submissions');
  const lesson = await loadDemoLesson();
  const hostile = (await writeDemoClass(from, lesson)).filter(({learner}) => /^\d\d-/.test(learner));
  const results: SubmissionResult[] = [];
  await grade({
    from,
    to: join(folder, 'results'),
    lesson,
    isolation: 'bubblewrap',
    secret: await courseSecret(),
    graderVersion: graderVersion(projectRoot),
    root: projectRoot,
    onProgress: ({result}) => results.push(result),
  });
  return hostile.length - unexpected(hostile, results).length;
}

/** Each by itself: in one batch, the first that its kernel hangs on keeps all that come after it from being graded. */
async function rightOfNbgrader(folder: string, python: string): Promise<number> {
  await make('nbgrader', folder, python);
  const nbgrader = [python, '-m', 'nbgrader'];
  await confined(folder, python, [...nbgrader, 'generate_assignment', 'int8'], limitSeconds.making);
  for (const student of readdirSync(join(folder, 'submitted')).sort()) {
    const autograde = [...nbgrader, 'autograde', 'int8', '--student', student, '--Execute.timeout=10'];
    await confined(folder, python, autograde, limitSeconds.grading);
  }
  return right(python, join(projectRoot, 'bench', 'nbgrader_course.py'), folder);
}

async function rightOfOtter(folder: string, python: string): Promise<number> {
  await make('otter', folder, python);
  const otter = [python, '-m', 'otter'];
  await confined(folder, python, [...otter, 'assign', '--no-pdfs', 'master.ipynb', 'dist'], limitSeconds.making);
  const autograder = join(
    'dist',
    'autograder',
    readdirSync(join(folder, 'dist', 'autograder')).find(name => name.endsWith('.zip'))!,
  );
  for (const file of readdirSync(join(folder, 'submitted')).sort()) {
    const out = join('graded', file.replace('.ipynb', ''));
    mkdirSync(join(folder, out), {recursive: true});
    await confined(
      folder,
      python,
      [...otter, 'run', '--no-logo', '-a', autograder, '-o', out, join('submitted', file)],
      limitSeconds.grading,
    );
  }
  return right(python, join(projectRoot, 'bench', 'otter_course.py'), folder);
}

async function make(kind: string, folder: string, python: string): Promise<void> {
  mkdirSync(folder, {recursive: true});
  await run(python, [course, kind, folder]);
}

async function right(python: string, program: string, folder: string): Promise<number> {
  const [expected, scores] = await Promise.all([run(python, [course, 'expected']), run(python, [program, 'scores', folder])]);
  const got = JSON.parse(scores.stdout) as Record<string, number | undefined>;
  return Object.entries(JSON.parse(expected.stdout) as Record<string, number>).filter(([name, score]) => got[name] === score).length;
}

/** Neither peer confines what it runs, so this does: no network, no files of ours to write but the folder, 2 GB for a process, an end. Its failing is a result. */
async function confined(folder: string, python: string, command: readonly string[], seconds: number): Promise<void> {
  const files = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--bind', folder, folder, '--chdir', folder];
  const spaces = [
    '--unshare-user',
    '--unshare-net',
    '--unshare-pid',
    '--unshare-ipc',
    '--cap-drop',
    'ALL',
    '--new-session',
    '--die-with-parent',
  ];
  const limited = ['prlimit', '--data=2000000000', '--nproc=1000', '--', 'timeout', '--signal=KILL', String(seconds), ...command];
  const environment = {PATH: `${dirname(python)}:/usr/bin:/bin`, HOME: folder, LANG: 'C.UTF-8'};
  await run('bwrap', [...files, ...spaces, '--', ...limited], {env: environment, maxBuffer: 2 ** 28}).catch((error: {stderr?: string}) => {
    if (/bwrap:/.test(error.stderr ?? ''))
      throw new Error(`Expected bubblewrap to confine ${command.join(' ')}, got: ${error.stderr?.slice(-300)}`, {cause: error});
  });
}
