import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {readLesson} from '../exercises/build/lesson.ts';
import type {Notebook} from '../exercises/build/notebook.ts';
import {solvedNotebook} from '../exercises/build/submission.ts';
import {prepareRuntime} from '../grader/sandbox/runtime.ts';
import {projectRoot} from '../project/root.ts';
import {rightScores} from './hostile.ts';
import {nbgraderPython, peerVersions, pythonWith} from './peers.ts';
import {medianOf, publish, type Row} from './report.ts';
import {threeChecks, threeChecksNotebook} from './three-checks.ts';

const lesson = '04-int8-from-scratch';
/** Every fourth submission has this wrong. */
const wrongEvery = 4;
/** Every figure is of one submission: the peers, which take seconds for each, get fewer, and the whole of it stays below a quarter of an hour. */
const classSize = {snapgrid: 100, lesson: 40, nbgrader: 12, otter: 6};
const maxRounds = 2;
/** Classes of which all but the sandboxes is measured. */
const largeClasses = [100, 1000, 10_000];

interface Batch {
  readonly submissions: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The most that all of its processes held at once. */
  readonly memoryMiB: number;
  readonly rightScores: number;
}

/**
 * `snapgrid bench grader`: a class with three checks of lesson 04's size, ours in TypeScript, nbgrader's and Otter-Grader's in Python, in turns; and lesson 04 as
 * it is, with its 19 checks and its demonstrations. Then the twenty submissions that graders get wrong, and classes of up to 10,000.
 */
export async function benchGrader(wanted: number): Promise<void> {
  const rounds = Math.min(wanted, maxRounds);
  const python = nbgraderPython();
  const otterPython = pythonWith('otter', [`otter-grader==${peerVersions.otter}`, `ipykernel==${peerVersions.ipykernel}`, 'numpy']);
  // Made once per build, as the peers' assignments are made before they are graded.
  for (const backend of ['cpu', 'tensorflow'] as const) await prepareRuntime(projectRoot, backend);
  const graders: Record<string, (folder: string) => Batch> = {
    'snapgrid': folder => gradeThreeChecks(folder, python, 'cpu'),
    'snapgrid, TensorFlow': folder => gradeThreeChecks(folder, python, 'tensorflow'),
    'snapgrid, lesson 04': folder => gradeLesson(folder, python, 'cpu'),
    'snapgrid, lesson 04, TensorFlow': folder => gradeLesson(folder, python, 'tensorflow'),
    'nbgrader': folder => gradeWithNbgrader(folder, python),
    'otter': folder => gradeWithOtter(folder, otterPython),
  };
  // After its class, so that whatever is kept between runs is there.
  const gradeOne: Record<string, (folder: string) => number> = {
    'snapgrid, lesson 04': folder => timed(python, folder, gradeCommand(join('submissions', 'student000', `${lesson}.ipynb`))).wallSeconds,
    'nbgrader': folder =>
      timed(python, folder, [python, '-m', 'nbgrader', 'autograde', 'int8', '--student', 'student000', '--force'], onPath(python))
        .wallSeconds,
    'otter': folder => otterRun(folder, otterPython, 'student000').wallSeconds,
  };
  const batches = new Map<string, Batch[]>(Object.keys(graders).map(name => [name, []]));
  const single = new Map<string, number[]>([
    ['snapgrid, lesson 04', []],
    ['nbgrader', []],
    ['otter', []],
  ]);
  for (let round = 1; round <= rounds; round++)
    for (const [name, grade] of Object.entries(graders)) {
      const folder = mkdtempSync(join(tmpdir(), 'snapgrid-bench-'));
      try {
        process.stdout.write(`round ${round} of ${rounds}: ${name} …`);
        const batch = grade(folder);
        console.log(` ${perMinute(batch).toFixed(0)} submissions per CPU-minute, ${batch.rightScores} of ${batch.submissions} right`);
        batches.get(name)!.push(batch);
        single.get(name)?.push(gradeOne[name]!(folder));
      } finally {
        rmSync(folder, {recursive: true, force: true});
      }
    }
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-bench-'));
  try {
    console.log('the twenty submissions that graders get wrong …');
    const right = await rightScores(folder, python, otterPython);
    const twenty: Row = {what: 'right scores of the twenty', unit: 'of 20', more: true, values: right};
    const versions = {nbgrader: peerVersions.nbgrader, otter: peerVersions.otter};
    publish({name: 'grader', rounds, versions, rows: [...rows(batches, single), twenty, ...largeRows(folder, python)]});
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function rows(batches: ReadonlyMap<string, readonly Batch[]>, single: ReadonlyMap<string, readonly number[]>): Row[] {
  const values = (of: (batch: Batch) => number): Row['values'] =>
    Object.fromEntries([...batches].map(([name, all]) => [name, medianOf(all.map(of))]));
  return [
    // In words: the sizes are chosen, and have no ratio.
    {
      what: 'a class of',
      unit: 'submissions',
      values: Object.fromEntries([...batches].map(([name, [batch]]) => [name, String(batch!.submissions)])),
    },
    {what: 'submissions per CPU-minute', unit: 'higher is better', more: true, values: values(perMinute)},
    {
      what: 'submissions per minute on the clock',
      unit: 'higher is better',
      more: true,
      values: values(batch => (60 * batch.submissions) / batch.wallSeconds),
    },
    {what: 'memory at most, all processes together', unit: 'MiB', values: values(batch => batch.memoryMiB)},
    {what: 'right scores', unit: '%', more: true, values: values(batch => (100 * batch.rightScores) / batch.submissions)},
    {
      what: 'one submission, from the command to its result',
      unit: 's',
      values: Object.fromEntries([...single].map(([name, seconds]) => [name, medianOf(seconds)])),
    },
  ];
}

/** All of grading a class but the sandboxes, of which none knows how large the class is. */
function largeRows(folder: string, python: string): Row[] {
  const measured = join(folder, 'measured');
  mkdirSync(measured);
  gradeThreeChecks(measured, python, 'cpu');
  const program = fileURLToPath(new URL('large-class.js', import.meta.url));
  const times = largeClasses.map(count => {
    process.stdout.write(`a class of ${count}, all but the sandboxes …`);
    const own = join(folder, String(count));
    mkdirSync(own);
    const {stdout} = run(process.execPath, [program, own, join(measured, 'results'), String(count)]);
    rmSync(own, {recursive: true, force: true});
    const time = JSON.parse(stdout.trim().split('\n').at(-1)!) as Timed;
    console.log(` ${((1000 * time.cpuSeconds) / count).toFixed(1)} ms each, ${time.memoryMiB.toFixed(0)} MiB`);
    return {count, ...time};
  });
  const of = (value: (time: Timed & {count: number}) => number): Row['values'] =>
    Object.fromEntries(times.map(time => [`snapgrid, ${time.count}`, value(time)]));
  return [
    {
      what: 'all but the sandbox, per submission of a class of so many',
      unit: 'CPU ms',
      values: of(time => (1000 * time.cpuSeconds) / time.count),
    },
    {what: "the grader's memory at most, in a class of so many", unit: 'MiB', values: of(time => time.memoryMiB)},
  ];
}

function perMinute({submissions, cpuSeconds}: Batch): number {
  return (60 * submissions) / cpuSeconds;
}

type BackendName = 'cpu' | 'tensorflow';

function gradeLesson(folder: string, python: string, backend: BackendName): Batch {
  const parsed = readLesson(join(projectRoot, 'exercises', lesson));
  const answers = readFileSync(join(projectRoot, 'solutions', lesson, 'answers.ts'), 'utf8');
  const wrong = `export * from '../answers.ts';\nexport function dequantize(): never {\n  throw new Error('not written yet');\n}\n`;
  const notebook = (i: number): Notebook => solvedNotebook(parsed, `// student ${i}\n${answers}`, isWrong(i) ? wrong : undefined);
  const command = backend === 'cpu' ? gradeCommand('submissions', '--to', 'results') : classCommand(lesson, backend);
  return gradeOurs(folder, python, command, classSize.lesson, notebook);
}

function gradeThreeChecks(folder: string, python: string, backend: BackendName): Batch {
  return gradeOurs(folder, python, classCommand(threeChecks.lesson.slug, backend), classSize.snapgrid, i =>
    threeChecksNotebook(i, isWrong(i)),
  );
}

function gradeCommand(...args: readonly string[]): string[] {
  return [process.execPath, join(projectRoot, 'bin', 'snapgrid.mjs'), 'grade', ...args];
}

function classCommand(assignment: string, backend: BackendName): string[] {
  return [process.execPath, fileURLToPath(new URL('grade-class.js', import.meta.url)), assignment, backend, 'submissions', 'results'];
}

function gradeOurs(
  folder: string,
  python: string,
  command: readonly string[],
  submissions: number,
  notebook: (i: number) => Notebook,
): Batch {
  for (let i = 0; i < submissions; i++) {
    const learner = join(folder, 'submissions', `student${String(i).padStart(3, '0')}`);
    mkdirSync(learner, {recursive: true});
    writeFileSync(join(learner, `${lesson}.ipynb`), JSON.stringify(notebook(i)));
  }
  const time = timed(python, folder, command);
  const [header, ...records] = readFileSync(join(folder, 'results', 'grades.csv'), 'utf8')
    .trim()
    .split('\r\n')
    .map(line => line.split(','));
  const of = (record: string[], name: string): string => record[header!.indexOf(name)] ?? '';
  const right = records.filter(record => {
    const full = Number(of(record, 'max'));
    const score = of(record, 'score') === '' ? NaN : Number(of(record, 'score'));
    return isWrong(Number(/student(\d+)/.exec(of(record, 'learner'))?.[1])) ? score < full && score > 0 : score === full;
  });
  return {submissions, ...time, rightScores: right.length};
}

function gradeWithNbgrader(folder: string, python: string): Batch {
  const submissions = classSize.nbgrader;
  const course = join(projectRoot, 'bench', 'nbgrader_course.py');
  const command = (...args: string[]): string[] => [python, '-m', 'nbgrader', ...args];
  run(python, [course, 'make', folder, String(submissions)]);
  const environment = onPath(python);
  timed(python, folder, command('generate_assignment', 'int8'), environment);
  const time = timed(python, folder, command('autograde', 'int8'), environment);
  const scores = JSON.parse(run(python, [course, 'scores', folder]).stdout) as Record<string, number>;
  const right = Object.entries(scores).filter(([student, score]) => score === (isWrong(Number(student.slice('student'.length))) ? 2 : 5));
  return {submissions, ...time, rightScores: right.length};
}

/** It grades one submission a command. */
function gradeWithOtter(folder: string, python: string): Batch {
  const submissions = classSize.otter;
  const course = join(projectRoot, 'bench', 'otter_course.py');
  run(python, [course, 'make', folder, String(submissions)]);
  timed(python, folder, [python, '-m', 'otter', 'assign', '--no-pdfs', 'master.ipynb', 'dist'], onPath(python));
  const students = Array.from({length: submissions}, (_, i) => `student${String(i).padStart(3, '0')}`);
  const times = students.map(student => otterRun(folder, python, student));
  const sum = (of: 'cpuSeconds' | 'wallSeconds'): number => times.reduce((total, time) => total + time[of], 0);
  const scores = JSON.parse(run(python, [course, 'scores', folder]).stdout) as Record<string, number>;
  const right = students.filter((student, i) => scores[student] === (isWrong(i) ? 2 : 5));
  return {
    submissions,
    cpuSeconds: sum('cpuSeconds'),
    wallSeconds: sum('wallSeconds'),
    memoryMiB: Math.max(...times.map(time => time.memoryMiB)),
    rightScores: right.length,
  };
}

function otterRun(folder: string, python: string, student: string): Timed {
  const autograder = readdirSync(join(folder, 'dist', 'autograder')).find(name => name.endsWith('.zip'))!;
  mkdirSync(join(folder, 'graded', student), {recursive: true});
  const command = [python, '-m', 'otter', 'run', '--no-logo', '-a', join('dist', 'autograder', autograder), '-o', join('graded', student)];
  return timed(python, folder, [...command, join('submitted', `${student}.ipynb`)], onPath(python));
}

/** As in an activated environment: they start programs of their own by name. */
function onPath(python: string): Record<string, string> {
  return {PATH: `${dirname(python)}${delimiter}${process.env['PATH'] ?? ''}`};
}

function isWrong(index: number): boolean {
  return index % wrongEvery === wrongEvery - 1;
}

type Timed = Pick<Batch, 'cpuSeconds' | 'wallSeconds' | 'memoryMiB'>;

/** Runs a command to its end; its processor time holds that of all processes it waited for. */
function timed(python: string, folder: string, command: readonly string[], environment: Record<string, string> = {}): Timed {
  const {stdout, stderr} = run(python, [join(projectRoot, 'bench', 'cpu_time.py'), folder, ...command], environment);
  const {status, ...time} = JSON.parse(stdout) as Timed & {status: number};
  if (status !== 0) throw new Error(`Expected "${command.join(' ')}" to end with status 0, got ${status}:\n${stderr.slice(-2000)}`);
  return time;
}

function run(program: string, args: readonly string[], environment: Record<string, string> = {}): {stdout: string; stderr: string} {
  const {status, stdout, stderr} = spawnSync(program, args, {encoding: 'utf8', env: {...process.env, ...environment}, maxBuffer: 2 ** 28});
  if (status !== 0) throw new Error(`Expected ${[program, ...args].join(' ')} to run, got status ${status}:\n${stderr.slice(-2000)}`);
  return {stdout, stderr};
}
