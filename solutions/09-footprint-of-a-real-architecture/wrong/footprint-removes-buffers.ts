import {bytesByPlan} from '../answers.ts';
import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'footprint', check: 'tensors and plan are left as they were'};

/** Removes the buffers from the list of the caller. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const answer = bytesByPlan(tensors, plan);
  const list = tensors as TensorInfo[];
  list.splice(0, list.length, ...list.filter(({name}) => !/\.attn\.(masked_)?bias$/.test(name)));
  return answer;
}
