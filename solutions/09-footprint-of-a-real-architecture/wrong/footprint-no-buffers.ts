import {bytesByPlan} from '../answers.ts';
import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'footprint', check: 'buffers are listed apart, as they are stored'};

/** Forgets the buffers. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  return {...bytesByPlan(tensors, plan), bufferBytes: 0};
}
