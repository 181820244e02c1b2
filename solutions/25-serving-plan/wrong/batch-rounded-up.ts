import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** Rounds up. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits({...plan, batch: 1});
  const left = plan.gpu.gigabytes * 1e9 - (total - kvCache);
  return Math.max(0, Math.ceil(left / kvCache));
}
