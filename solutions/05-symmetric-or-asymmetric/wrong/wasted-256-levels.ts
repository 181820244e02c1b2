import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'it measures what symmetric costs behind a ReLU'};

/** Takes 256 levels, or 16, whatever the grid has: a symmetric one has one less. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const [lowest, highest] = [codes.min().dataSync()[0]!, codes.max().dataSync()[0]!];
  const bits = Math.ceil(Math.log2(qmax - qmin + 1));
  return bits - Math.log2(highest - lowest + 1);
}
