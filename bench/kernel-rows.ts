import type {Answered} from './kernel-driver.ts';
import {medianOf, quantile, type Row} from './report.ts';

/** One session, as bench/kernels/speed.py measures it. A stage that failed, and those after it, are missing. */
export interface Measured {
  readonly launchSeconds?: number;
  readonly trivialMs?: readonly number[];
  readonly trivialCpuMs?: number;
  readonly completionFirstMs?: number;
  readonly completionMs?: number;
  readonly memberFirstMs?: number;
  readonly memberMs?: number;
  readonly memberAnewMs?: number;
  readonly nextLetterMs?: number;
  readonly slopeUs?: number;
  readonly memoryFirstMb?: number;
  readonly memoryRestMb?: number;
  readonly memoryAfterMb?: number;
  readonly memoryAfterRestMb?: number;
  readonly memorySlopeKb?: number;
  readonly declaringMs?: Readonly<Record<string, number>>;
  /** Missing where the kernel never became idle again. */
  readonly linesSeconds?: number;
  readonly linesBeforeIdle?: number;
  readonly idlesLost: number;
  /** The stage that failed, and why. */
  readonly failed?: string;
}

/** Tests of jupyter_kernel_test by what became of them. */
export interface Suite {
  readonly passed: readonly string[];
  readonly failed: Readonly<Record<string, string>>;
  readonly skipped: Readonly<Record<string, string>>;
}

/** By kernel, in the order of the rounds. */
export type Rounds = ReadonlyMap<string, readonly Answered<Measured>[]>;

export type Behaviours = ReadonlyMap<string, ReadonlyMap<string, Answered<unknown>>>;

const trivialMs = (run: Measured): readonly number[] => run.trivialMs ?? [];

export function speedRows(rounds: Rounds): Row[] {
  const one = (what: string, unit: string, of: (run: Measured) => number | undefined, more?: true): Row =>
    row(rounds, {what, unit, more}, run => [of(run)], medianOf);
  return [
    one('launch → first reply', 's', run => run.launchSeconds),
    row(rounds, {what: 'trivial cell, median', unit: 'ms'}, trivialMs, medianOf),
    row(rounds, {what: 'trivial cell, 95%', unit: 'ms'}, trivialMs, values => quantile(values, 0.95)),
    one('processor time of a trivial cell', 'ms', run => run.trivialCpuMs),
    one('a cell more makes a cell slower by', 'µs', run => run.slopeUs),
    ...['10', '100', '300', '500'].map(count => one(`declaring cell no. ${count}`, 'ms', run => run.declaringMs?.[count])),
    one('first completion of a variable, a second after its cell', 'ms', run => run.completionFirstMs),
    one('completion of a variable', 'ms', run => run.completionMs),
    one('first completion of a member', 'ms', run => run.memberFirstMs),
    one('completion of a member', 'ms', run => run.memberMs),
    one('completion of a member, each of another variable', 'ms', run => run.memberAnewMs),
    one('completion at each further letter', 'ms', run => run.nextLetterMs),
    // Where lines come late or never, idle is no end: such a run has no time.
    one('100,000 lines to idle', 's', run => (run.linesBeforeIdle === 100_000 ? run.linesSeconds : NaN)),
    one('of them before idle', 'lines', run => run.linesBeforeIdle, true),
    one('memory after the first cell', 'MB', run => run.memoryFirstMb),
    one('memory a second later', 'MB', run => run.memoryRestMb),
    one('memory after 700 more', 'MB', run => run.memoryAfterMb),
    one('memory a second after them', 'MB', run => run.memoryAfterRestMb),
    one('memory a cell more takes', 'kB', run => run.memorySlopeKb),
    one('idles lost', 'of 700', run => run.idlesLost),
  ];
}

function row(
  rounds: Rounds,
  {what, unit, more}: {what: string; unit: string; more?: true | undefined},
  of: (run: Measured) => readonly (number | undefined)[],
  summary: (values: readonly number[]) => number,
): Row {
  const values = [...rounds].map(([name, runs]) => {
    const figures = runs.flatMap(run => ('answer' in run ? of(run.answer) : [])).filter(figure => figure !== undefined);
    return [name, figures.length ? summary(figures) : failureOf(runs)] as const;
  });
  return {what, unit, ...(more && {more}), values: Object.fromEntries(values)};
}

function failureOf(runs: readonly Answered<Measured>[]): string {
  const reasons = runs.map(run => ('answer' in run ? run.answer.failed : run.failed));
  return `failed: ${reasons.find(Boolean) ?? 'not measured'}`;
}

/** 1 for yes, 0 for no; a question that a language does not pose has no value. */
const questions: Readonly<Record<string, string>> = {
  busyIsInterrupted: 'a busy loop is interrupted, the next cell runs',
  awaitIsInterrupted: 'an await is interrupted, the next cell runs',
  controlAnswersWhileBusy: 'control answers while a cell is busy',
  unhandledIsShown: 'a rejection that nobody handles is shown',
  lateThrowIsShown: 'what a timer throws after the cell is shown',
  syntaxErrorIsAnError: 'a syntax error is an `error` with its line',
  typeErrorIsShown: 'a type error is shown',
  typeErrorLetsRun: 'a cell with a type error runs',
  linesAreRight: 'lines of a run-time error are right, its own frames only',
  exitEndsTheCellOnly: 'a program exit in a cell leaves the variables',
  editedModulesAreFresh: 'an edited module is fresh, `./x` and `./x.ts`',
  childIsHeard: "a child's output is captured",
  commsAnswer: 'comms',
  historyIsKept: 'history',
  'protocol.stdin': 'stdin',
  'protocol.debug': 'debugger',
  'protocol.subshell': 'subshells',
  firstIdleIsSeen: 'a client that runs at once sees its first idle',
};
const lost = 'quickCellsLost';
const suite = 'suite';

export const twenty = ['execute_input', 'silent', 'store_history_false', 'user_expressions', 'error_aborts', 'error_continues']
  .concat(['busy_interrupted', 'pending_interrupted', 'idle_interrupted', 'interrupted_by_message', 'control_while_busy', 'stdin'])
  .concat(['comm_info', 'shutdown', 'restart', 'heartbeat', 'debug', 'subshell', 'nothing_after_idle', 'traceback_is_a_list'])
  .map(name => `protocol.${name}`);

/** What depends on who is first, and is asked of one kernel at a time. */
export const racingQuestions = [lost, 'firstIdleIsSeen'];
/** All else that bench/kernels/driver.py is asked about what a kernel does. */
export const behaviourQuestions = [...new Set([suite, ...twenty, ...Object.keys(questions)])].filter(
  each => !racingQuestions.includes(each),
);

export function behaviourRows(behaviours: Behaviours): Row[] {
  const each = (
    what: string,
    unit: string,
    of: (answers: ReadonlyMap<string, Answered<unknown>>) => Row['values'][string],
    more?: true,
  ): Row => ({
    what,
    unit,
    ...(more && {more}),
    values: Object.fromEntries([...behaviours].map(([name, answers]) => [name, of(answers)])),
  });
  const ofSuite = (part: keyof Suite) => (answers: ReadonlyMap<string, Answered<unknown>>) => {
    const found = answers.get(suite) as Answered<Suite>;
    return 'answer' in found ? Object.keys(found.answer[part]).length : `failed: ${found.failed}`;
  };
  return [
    each('of 40 quick cells under nbclient without their output', 'cells', answers => {
      const found = answers.get(lost) as Answered<number>;
      return 'answer' in found ? found.answer : `failed: ${found.failed}`;
    }),
    each('jupyter_kernel_test: passed', 'tests', ofSuite('passed'), true),
    each('jupyter_kernel_test: failed', 'tests', ofSuite('failed')),
    each('jupyter_kernel_test: skipped', 'tests', ofSuite('skipped')),
    each('further protocol tests passed', 'of 20', answers => twenty.filter(name => isTrue(answers.get(name))).length, true),
    ...Object.entries(questions).map(([key, what]) => each(what, 'yes 1, no 0', answers => truth(answers.get(key)), true)),
  ];
}

const isTrue = (found: Answered<unknown> | undefined): boolean => found !== undefined && 'answer' in found && found.answer === true;

/** No answer in time is a no, too; a question that the language does not pose has none. */
function truth(found: Answered<unknown> | undefined): number | undefined {
  return found && 'answer' in found && found.answer === null ? undefined : Number(isTrue(found));
}
