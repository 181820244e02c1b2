import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** Adds what fits to the batch that the plan has. */
export function largestBatch(plan: Plan): number {
  const {total} = fits(plan);
  const {kvCache} = fits({...plan, batch: 1});
  return Math.max(0, Math.floor((plan.gpu.gigabytes * 1e9 - total) / kvCache));
}
