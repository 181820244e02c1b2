import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {installKernel, kernelName} from '../kernel/install.ts';
import {projectRoot} from '../project/root.ts';
import {benchFolder, denoExecutable, npmProgram, peerVersions, pythonWith} from './peers.ts';
import {medianOf, publish, quantile, type Row} from './report.ts';

interface Kernel {
  readonly argv: readonly string[];
  readonly language: 'typescript' | 'python';
}

/** What bench/kernel_driver.py prints. */
interface Measured {
  readonly launchSeconds: number;
  readonly trivialMs: readonly number[];
  readonly completionFirstMs: number;
  readonly completionMs: number;
  readonly memberMs: number;
  readonly slopeUs: number;
  readonly memoryRestMb: number;
  readonly memoryAfterRestMb: number;
  readonly declaringMs: Readonly<Record<string, number>>;
  readonly memoryFirstMb: number;
  readonly memoryAfterMb: number;
  /** Missing where the kernel never became idle again. */
  readonly linesSeconds: number | null;
  readonly linesBeforeIdle: number;
}

/** 1 for yes, 0 for no; a question that a language does not pose is missing. */
type Behaviour = Readonly<Record<string, number>>;

/** `snapgrid bench kernel`: our kernel and its peers, each a whole session per round, in turns. */
export function benchKernel(rounds: number): void {
  const python = pythonWith('kernel-python', [`ipykernel==${peerVersions.ipykernel}`, 'jupyter_client', 'nbclient', 'psutil']);
  const kernels = Object.entries(installKernels(python));
  const measured = new Map<string, Measured[]>(kernels.map(([name]) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const [name, kernel] of kernels) {
      process.stdout.write(`round ${round} of ${rounds}: ${name} …`);
      // Some kernels lose an idle now and then, and a port may be taken: once more, then.
      const first = measure<Measured>(python, kernel, 'speed');
      const result = typeof first === 'string' ? measure<Measured>(python, kernel, 'speed') : first;
      console.log(typeof result === 'string' ? ` failed: ${result}` : ` first cell after ${result.launchSeconds.toFixed(2)} s`);
      if (typeof result !== 'string') measured.get(name)!.push(result);
    }
  const behaviours = new Map<string, Behaviour>();
  for (const [name, kernel] of kernels) {
    process.stdout.write(`what ${name} does …`);
    const result = measure<Behaviour>(python, kernel, 'behaviour');
    console.log(typeof result === 'string' ? ` failed: ${result}` : ' done');
    if (typeof result !== 'string') behaviours.set(name, result);
  }
  const versions: Record<string, string> = {...peerVersions, snapgrid: ownVersion()};
  publish({
    name: 'kernel',
    rounds,
    versions: Object.fromEntries(kernels.map(([name]) => [name, versions[name] ?? ''])),
    rows: [...rows(measured), ...behaviourRows(behaviours)],
  });
}

function rows(measured: ReadonlyMap<string, readonly Measured[]>): Row[] {
  const row = (what: string, unit: string, value: (runs: readonly Measured[]) => number, more?: true): Row => ({
    what,
    unit,
    ...(more && {more}),
    values: Object.fromEntries([...measured].map(([name, runs]) => [name, runs.length ? value(runs) : undefined])),
  });
  const median = (of: (run: Measured) => number) => (runs: readonly Measured[]) => medianOf(runs.map(of));
  return [
    row(
      'launch → first reply',
      's',
      median(run => run.launchSeconds),
    ),
    row('trivial cell, median', 'ms', runs => medianOf(runs.flatMap(run => run.trivialMs))),
    row('trivial cell, 95%', 'ms', runs =>
      quantile(
        runs.flatMap(run => run.trivialMs),
        0.95,
      ),
    ),
    row(
      'a cell more makes a cell slower by',
      'µs',
      median(run => run.slopeUs),
    ),
    ...['10', '100', '300', '500'].map(count =>
      row(
        `declaring cell no. ${count}`,
        'ms',
        median(run => run.declaringMs[count] ?? NaN),
      ),
    ),
    row(
      'first completion, a second after a cell',
      'ms',
      median(run => run.completionFirstMs),
    ),
    row(
      'completion',
      'ms',
      median(run => run.completionMs),
    ),
    row(
      'completion of a member',
      'ms',
      median(run => run.memberMs),
    ),
    row('100,000 lines to idle', 's', runs => medianOf(runs.map(timeOfAllLines))),
    row(
      'of them before idle',
      'lines',
      median(run => run.linesBeforeIdle),
      true,
    ),
    row(
      'memory after the first cell',
      'MB',
      median(run => run.memoryFirstMb),
    ),
    row(
      'memory a second later',
      'MB',
      median(run => run.memoryRestMb),
    ),
    row(
      'memory after 560 more',
      'MB',
      median(run => run.memoryAfterMb),
    ),
    row(
      'memory a second after them',
      'MB',
      median(run => run.memoryAfterRestMb),
    ),
  ];
}

const questions: readonly {readonly key: string; readonly what: string; readonly more?: true}[] = [
  {key: 'quickCellsLost', what: 'of 40 quick cells under nbclient without their output'},
  {key: 'busyIsInterrupted', what: 'a busy loop is interrupted, the next cell runs', more: true},
  {key: 'awaitIsInterrupted', what: 'an await is interrupted, the next cell runs', more: true},
  {key: 'controlAnswersWhileBusy', what: 'control answers while a cell is busy', more: true},
  {key: 'syntaxErrorIsAnError', what: 'a syntax error is an `error`', more: true},
  {key: 'unhandledIsShown', what: 'a rejection that nobody handles is shown', more: true},
  {key: 'childIsHeard', what: "a child's output is captured", more: true},
];

function behaviourRows(behaviours: ReadonlyMap<string, Behaviour>): Row[] {
  return questions.map(({key, what, more}) => ({
    what,
    unit: more ? 'yes 1, no 0' : 'cells',
    ...(more && {more}),
    values: Object.fromEntries([...behaviours].map(([name, behaviour]) => [name, behaviour[key]])),
  }));
}

/** Where lines come late or never, idle is no end: such a run has no time. */
function timeOfAllLines({linesSeconds, linesBeforeIdle}: Measured): number {
  return linesSeconds !== null && linesBeforeIdle === 100_000 ? linesSeconds : Infinity;
}

function installKernels(python: string): Record<string, Kernel> {
  const own = join(benchFolder, 'kernels', kernelName);
  installKernel({folder: own});
  const {argv} = JSON.parse(readFileSync(join(own, 'kernel.json'), 'utf8')) as {argv: readonly string[]};
  const tslab = join(npmProgram('tslab', peerVersions.tslab), 'bin', 'tslab');
  const deno = denoExecutable();
  if (!deno) console.log('Deno has no package for this system: it is left out.');
  return {
    snapgrid: {argv, language: 'typescript'},
    ipykernel: {argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'], language: 'python'},
    tslab: {argv: [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'], language: 'typescript'},
    ...(deno && {deno: {argv: [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'], language: 'typescript' as const}}),
  };
}

function measure<Result>(python: string, kernel: Kernel, what: 'speed' | 'behaviour'): Result | string {
  const driver = join(projectRoot, 'bench', 'kernel_driver.py');
  // Far from the project: a tslab that finds another one above its working folder starts that.
  const cwd = mkdtempSync(join(tmpdir(), 'snapgrid-bench-'));
  const {status, stdout, stderr} = spawnSync(python, [driver, JSON.stringify({...kernel, what})], {
    encoding: 'utf8',
    // A kernel that leaves the driver waiting is a result, too.
    timeout: what === 'speed' ? 180_000 : 60_000,
    maxBuffer: 2 ** 28,
    cwd,
  });
  rmSync(cwd, {recursive: true, force: true});
  // Kernels may print on the driver's output too: the figures are its last line.
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1)!) as Result;
  return stderr.trim().split('\n').at(-1) || `ended with status ${status}`;
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {version: string}).version;
}
