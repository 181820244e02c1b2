import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** The cache of all heads of queries. */
export function largestBatch(plan: Plan): number {
  const {model, gpu} = plan;
  const {total, kvCache} = fits({...plan, batch: 1});
  const left = gpu.gigabytes * 1e9 - (total - kvCache);
  return Math.max(0, Math.floor(left / ((kvCache * model.heads) / model.kvHeads)));
}
