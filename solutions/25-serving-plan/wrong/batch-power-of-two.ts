import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** The next smaller power of two: a habit, not a limit. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits({...plan, batch: 1});
  const left = plan.gpu.gigabytes * 1e9 - (total - kvCache);
  return left < kvCache ? 0 : 2 ** Math.floor(Math.log2(left / kvCache));
}
