import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'none, where there is no room for one'};

/** At least one, whether it fits or not. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits({...plan, batch: 1});
  return Math.max(1, Math.floor((plan.gpu.gigabytes * 1e9 - (total - kvCache)) / kvCache));
}
