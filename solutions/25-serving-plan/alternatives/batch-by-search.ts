import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** Doubles until it no longer fits, then halves the gap. */
export function largestBatch(plan: Plan): number {
  const works = (batch: number) => batch === 0 || fits({...plan, batch}).fits;
  if (!works(1)) return 0;
  let [good, bad] = [1, 2];
  while (works(bad)) [good, bad] = [bad, 2 * bad];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (works(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
