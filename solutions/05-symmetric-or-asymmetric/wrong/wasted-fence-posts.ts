import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'one code alone uses one level'};

/** Counts the steps, not the levels: one code alone would be none. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const [lowest, highest] = [codes.min().dataSync()[0]!, codes.max().dataSync()[0]!];
  return Math.log2((qmax - qmin) / (highest - lowest));
}
