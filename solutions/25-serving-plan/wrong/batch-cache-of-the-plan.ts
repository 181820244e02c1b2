import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** Divides by the cache of the plan’s whole batch. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits(plan);
  const left = plan.gpu.gigabytes * 1e9 - (total - kvCache);
  return Math.max(0, Math.floor(left / kvCache));
}
