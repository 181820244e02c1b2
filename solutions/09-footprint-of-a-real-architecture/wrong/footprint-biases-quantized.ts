import {bytesByPlan} from '../answers.ts';
import type {Footprint, Plan, TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'footprint', check: 'matrices have their width, and all other parameters theirs'};

/** Quantizes the biases of matrices with them. */
export function footprint(tensors: readonly TensorInfo[], plan: Plan): Footprint {
  const {matrixBits, otherBits} = plan;
  const answer = bytesByPlan(tensors, plan);
  const moved = tensors
    .filter(({name}) => /\.c_\w+\.bias$/.test(name))
    .reduce((sum, {shape}) => sum + shape.reduce((product, n) => product * n, 1), 0);
  const matrixBytes = answer.matrixBytes + (moved * matrixBits) / 8;
  const otherBytes = answer.otherBytes - (moved * otherBits) / 8;
  return {...answer, matrixBytes, otherBytes, totalBytes: matrixBytes + otherBytes + answer.scaleBytes};
}
