import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'a grid that is used from end to end wastes nothing'};

/** Counts different codes: a gap between two values is no waste of the range. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const used = new Set(codes.dataSync()).size;
  return Math.log2((qmax - qmin + 1) / used);
}
