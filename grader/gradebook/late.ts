import {Temporal} from 'temporal-polyfill';
import type {Assignment} from './assignment.ts';

/** How late an attempt is. */
export interface Lateness {
  /** Days of the assignment's time zone that have begun since it was due; 0 when in time or within the grace. */
  readonly daysLate: number;
  /** Of full marks, 0 … 1. */
  readonly penalty: number;
  readonly afterCutoff: boolean;
}

export const inTime: Lateness = {daysLate: 0, penalty: 0, afterCutoff: false};

/**
 * penalty = min(1, perDay · daysLate) of full marks, as Canvas counts it; all of them after the cutoff. A day is one of the time zone:
 * where clocks change it has 23 or 25 hours. Grace only decides whether an attempt is late at all.
 *
 * @param due - ISO 8601: the assignment's, or the learner's own
 */
export function lateness(submittedAt: string, due: string, {late, timezone}: Pick<Assignment, 'late' | 'timezone'>): Lateness {
  const lateMs = Date.parse(submittedAt) - Date.parse(due);
  const {perDay = 0, graceMinutes = 0, cutoffMinutes = Infinity} = late ?? {};
  if (lateMs <= graceMinutes * 60_000) return inTime;
  const from = Temporal.Instant.from(due).toZonedDateTimeISO(timezone);
  const to = Temporal.Instant.from(submittedAt).toZonedDateTimeISO(timezone);
  const {days} = from.until(to, {largestUnit: 'days'});
  const daysLate = Temporal.ZonedDateTime.compare(from.add({days}), to) < 0 ? days + 1 : days;
  const afterCutoff = lateMs > cutoffMinutes * 60_000;
  return {daysLate, afterCutoff, penalty: afterCutoff ? 1 : Math.min(1, shareOf(perDay * daysLate))};
}

/** Without the last digits of a product of decimals: 3 × 10% are 0.3. */
function shareOf(product: number): number {
  return Number(product.toPrecision(12));
}
