import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'it counts the levels between the codes in use, wherever they lie'};

/** The ratio of the levels, not its logarithm: twice as many levels are one bit, not two. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const [lowest, highest] = [codes.min().dataSync()[0]!, codes.max().dataSync()[0]!];
  return (qmax - qmin + 1) / (highest - lowest + 1) - 1;
}
