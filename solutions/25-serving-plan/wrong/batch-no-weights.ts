import {fits} from '../answers.ts';
import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'largestBatch', check: 'as many as fit beside the weights'};

/** Fills the empty card. */
export function largestBatch(plan: Plan): number {
  const {kvCache} = fits({...plan, batch: 1});
  return Math.floor((plan.gpu.gigabytes * 1e9 - plan.overheadGigabytes * 1e9) / kvCache);
}
