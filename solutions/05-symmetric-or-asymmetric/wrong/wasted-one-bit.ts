import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'it counts the levels between the codes in use, wherever they lie'};

/** Always one bit where the lowest code is unused: a rule of thumb in place of a measurement. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const [lowest, highest] = [codes.min().dataSync()[0]!, codes.max().dataSync()[0]!];
  return lowest > qmin || highest < qmax ? 1 : 0;
}
