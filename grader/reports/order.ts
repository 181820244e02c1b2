import type {SubmissionResult} from '../results.ts';

/** By learner, then by file: the same order on every machine, whatever its language. */
export function byLearner(a: SubmissionResult, b: SubmissionResult): number {
  return compare(a.learner, b.learner) || compare(a.file, b.file);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
