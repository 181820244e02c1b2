import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** Each user brings weights along. */
export function largestBatch(plan: Plan): number {
  const {weights, kvCache} = fits({...plan, batch: 1});
  const left = (plan.gpu.gigabytes - plan.overheadGigabytes) * 1e9;
  return Math.max(0, Math.floor(left / (weights + kvCache)));
}
