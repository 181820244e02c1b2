import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'none, where there is no room for one'};

/** A negative number of sequences. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits({...plan, batch: 1});
  return Math.floor((plan.gpu.gigabytes * 1e9 - (total - kvCache)) / kvCache);
}
