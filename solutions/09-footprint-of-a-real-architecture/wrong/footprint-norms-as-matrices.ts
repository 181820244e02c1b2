import {bytesByPlan} from '../answers.ts';
import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'footprint', check: 'matrices have their width, and all other parameters theirs'};

/** Takes every weight inside a layer for a matrix, norms too. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const answer = bytesByPlan(tensors, plan);
  const moved = tensors.filter(({name}) => /ln_\d\.weight$/.test(name)).reduce((sum, {shape}) => sum + shape[0]!, 0);
  const matrixBytes = answer.matrixBytes + (moved * plan.matrixBits) / 8;
  const otherBytes = answer.otherBytes - (moved * plan.otherBits) / 8;
  return {...answer, matrixBytes, otherBytes, totalBytes: matrixBytes + otherBytes + answer.scaleBytes};
}
