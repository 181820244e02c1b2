import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'it measures what symmetric costs behind a ReLU'};

/** Looks at the highest code only: what is unused below counts as used. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const highest = codes.max().dataSync()[0]!;
  return Math.log2((qmax - qmin + 1) / (highest - qmin + 1));
}
