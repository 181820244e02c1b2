import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** Takes all weights from every GPU. */
export function largestBatch(plan: Plan): number {
  const {weights, kvCache} = fits({...plan, batch: 1});
  const left = (plan.gpu.gigabytes - plan.overheadGigabytes) * 1e9 - weights * plan.gpus;
  return Math.max(0, Math.floor(left / kvCache));
}
