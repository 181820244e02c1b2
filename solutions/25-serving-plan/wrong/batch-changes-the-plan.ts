import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'the plan is left as it was'};

/** Sets the batch of the plan itself to one. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits(Object.assign(plan, {batch: 1}));
  const left = plan.gpu.gigabytes * 1e9 - (total - kvCache);
  return Math.max(0, Math.floor(left / kvCache));
}
