import {bytesByPlan} from '../answers.ts';
import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'footprint', check: 'buffers are listed apart, as they are stored'};

/** Takes for buffers what is no float: a mask may be float32. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const bufferBytes = tensors.filter(({dtype}) => !/F/.test(dtype)).reduce((sum, {bytes}) => sum + bytes, 0);
  return {...bytesByPlan(tensors, plan), bufferBytes};
}
