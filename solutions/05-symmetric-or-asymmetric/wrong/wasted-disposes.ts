import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'the codes are left as they were'};

/** Disposes the codes: they belong to the caller. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const [lowest, highest] = [codes.min().dataSync()[0]!, codes.max().dataSync()[0]!];
  codes.dispose();
  return Math.log2((qmax - qmin + 1) / (highest - lowest + 1));
}
