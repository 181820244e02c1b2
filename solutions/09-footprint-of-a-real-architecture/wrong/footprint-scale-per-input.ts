import {bytesByPlan} from '../answers.ts';
import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'footprint', check: 'each output of a matrix has a scale'};

/** Counts a scale for each input: GPT-2 stores [inputs, outputs]. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const answer = bytesByPlan(tensors, plan);
  const inputs = tensors
    .filter(({name, shape}) => name.startsWith('h.') && shape.length === 2)
    .reduce((sum, {shape}) => sum + shape[0]!, 0);
  const scaleBytes = (inputs * plan.scaleBits) / 8;
  return {...answer, scaleBytes, totalBytes: answer.totalBytes - answer.scaleBytes + scaleBytes};
}
