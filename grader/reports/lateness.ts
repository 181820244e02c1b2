import type {Grade} from '../gradebook/grades.ts';
import type {SubmissionResult} from '../results.ts';
import {counted, numberText} from './numbers.ts';

/** How late it was handed in, and what that took; nothing where it was in time. */
export function lateWords({lateness: {daysLate, afterCutoff}, penaltyPoints}: Pick<Grade, 'lateness' | 'penaltyPoints'>): string[] {
  if (daysLate === 0) return [];
  const took = penaltyPoints > 0 ? `: ${counted(penaltyPoints, 'point')} less` : '';
  return [`handed in ${counted(daysLate, 'day')} late${afterCutoff ? ', after the cutoff' : ''}${took}`];
}

/** `3.5 of 5`: the score that counts, where it is not the points that were measured. */
export function scoreNow({score, max}: Pick<Grade, 'score' | 'max'>, result: Pick<SubmissionResult, 'points' | 'max'>): string | undefined {
  if (score === undefined || (score === result.points && max === result.max)) return undefined;
  return `${numberText(score)} of ${numberText(max)}`;
}
