import {Draw} from '../data/draw.ts';
import {
  type Check,
  type CheckResult,
  type Comparison,
  type Learner,
  LearnerThrew,
  type Measurement,
  type Task,
  TaskLost,
  type TaskResult,
  type Verdict,
  WrongAnswer,
} from './types.ts';

/** What decides a task's verdict when its checks differ: the first of these that one of them has. */
const gravity: readonly Verdict[] = ['forged', 'infrastructure', 'memory', 'timeout', 'error', 'failed', 'passed'];

/** Runs a task's checks in order, each on inputs drawn from `seed`, the task and the check. Never throws for what a learner did. */
export async function runTask(task: Task, learner: Learner, seed: string): Promise<TaskResult> {
  if (task.checks.length === 0) throw new Error(`Expected task ${task.name} to have checks, got none; zero checks are never a pass`);
  let lost: TaskLost | undefined;
  let results: CheckResult[] = [];
  const guards = new Set<string>();
  for (const check of task.checks) {
    const outcome = lost ?? (await runCheck(check, learner, new Draw(`${seed}/${task.name}/${check.name}`)));
    if (outcome instanceof TaskLost) lost = outcome;
    else if (outcome.guard) guards.add(check.name);
    results.push(outcome instanceof TaskLost ? without(check, outcome.verdict, outcome.message) : outcome.result);
  }
  const others = results.filter(result => !guards.has(result.name));
  if (others.length > 0 && others.every(result => result.verdict !== 'passed'))
    results = results.map((result, i) => (guards.has(result.name) && result.verdict === 'passed' ? tooEarly(task.checks[i]!) : result));
  // Nothing that a process said before it lied is believed.
  if (lost?.verdict === 'forged') results = task.checks.map(check => without(check, 'forged', lost!.message));
  results = askedOnce(results);
  const sum = (of: (result: CheckResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    task: task.name,
    title: task.title,
    points: sum(result => result.points),
    max: sum(result => result.max),
    verdict: gravity.find(verdict => results.some(result => result.verdict === verdict))!,
    checks: results,
  };
}

/** A stub's message names the numbers that it was called with, other ones in each check: its question is asked once, with the first. */
function askedOnce(results: readonly CheckResult[]): CheckResult[] {
  const asked = new Map<string, string>();
  return results.map(result => {
    const stub = result.verdict === 'error' && /^\w+ is not written yet\./.exec(result.message)?.[0];
    if (!stub) return result;
    const message = asked.get(stub) ?? result.message;
    asked.set(stub, message);
    return {...result, message};
  });
}

interface Outcome {
  readonly result: CheckResult;
  readonly guard: boolean;
}

async function runCheck(check: Check, learner: Learner, draw: Draw): Promise<Outcome | TaskLost> {
  try {
    const measurement = await check.measure(learner, draw);
    return {result: judge(check, measurement), guard: measurement.guard ?? false};
  } catch (error) {
    if (error instanceof TaskLost) return error;
    return {result: unmeasured(check, error), guard: false};
  }
}

function unmeasured(check: Check, error: unknown): CheckResult {
  if (error instanceof WrongAnswer) return without(check, 'failed', error.message);
  if (error instanceof LearnerThrew) return without(check, 'error', error.message);
  // The check itself broke. That is our fault, whatever the learner returned: retried and looked at, never a zero.
  const message = error instanceof Error ? error.message : String(error);
  return without(check, 'infrastructure', `The check "${check.name}" could not be carried out: ${message}`);
}

function judge(check: Check, measurement: Measurement): CheckResult {
  const {comparison, threshold, unit, message, cost} = measurement;
  if (Number.isNaN(measurement.measured)) return without(check, 'failed', `Expected a number, got NaN. ${message}`);
  // Results travel as JSON, which has no Infinity.
  const measured = Math.min(Math.max(measurement.measured, -Number.MAX_VALUE), Number.MAX_VALUE);
  const passed = meets(measured, comparison, threshold);
  return {
    name: check.name,
    points: passed ? check.points : 0,
    max: check.points,
    verdict: passed ? 'passed' : 'failed',
    measurement: {measured, comparison, threshold, margin: margin(measured, comparison, threshold), unit, ...(cost && {cost})},
    message: passed ? '' : message,
  };
}

export function meets(measured: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case '<=':
      return measured <= threshold;
    case '<':
      return measured < threshold;
    case '>=':
      return measured >= threshold;
    case '>':
      return measured > threshold;
    case '==':
      return measured === threshold;
  }
}

/** How far on the passing side, in the check's unit; negative on the failing side. An exact match has a margin of 0. */
export function margin(measured: number, comparison: Comparison, threshold: number): number {
  if (comparison === '==') return measured === threshold ? 0 : -Math.abs(measured - threshold);
  return comparison === '<=' || comparison === '<' ? threshold - measured : measured - threshold;
}

function tooEarly(check: Check): CheckResult {
  return without(
    check,
    'failed',
    'So far so good, but an answer that does nothing does no harm either: this counts once another check of the task has passed.',
  );
}

function without(check: Check, verdict: Verdict, message: string): CheckResult {
  return {name: check.name, points: 0, max: check.points, verdict, message};
}
