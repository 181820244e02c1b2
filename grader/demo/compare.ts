import type {SubmissionResult} from '../results.ts';
import type {Expectation} from './class.ts';

/** What of the results is not as expected, a line each; empty where all is. */
export function unexpected(expected: readonly Expectation[], results: readonly SubmissionResult[]): string[] {
  const got = new Map(results.map(result => [result.learner, result]));
  return expected.flatMap(expectation => {
    const result = got.get(expectation.learner);
    const difference = result ? differenceOf(expectation, result) : 'has no result';
    return difference === undefined ? [] : [`${expectation.learner} ${difference}`];
  });
}

function differenceOf({status, points, below, verdicts, caughtBy}: Expectation, result: SubmissionResult): string | undefined {
  if (result.status !== status) return `expected ${status}, got ${result.status} (${result.reason})`;
  if (points !== undefined && result.points !== points) return `expected ${points} points, got ${result.points}`;
  if (below !== undefined && result.points >= below) return `expected less than ${below} points, got ${result.points}`;
  for (const [name, verdict] of Object.entries(verdicts)) {
    const task = result.tasks.find(one => one.task === name);
    if (task?.verdict !== verdict) return `expected the verdict ${verdict} for ${name}, got ${task?.verdict ?? 'none'}`;
  }
  const check = caughtBy && result.tasks.find(task => task.task === caughtBy.task)?.checks.find(one => one.name === caughtBy.check);
  if (caughtBy && check?.verdict !== 'failed' && check?.verdict !== 'error')
    return `expected to be caught by "${caughtBy.check}", got ${check?.verdict ?? 'no such check'}`;
  return undefined;
}
