import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'wastedBits', check: 'it counts the levels between the codes in use, wherever they lie'};

/** Takes the largest magnitude of the codes for the levels in use. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const used = codes.abs().max().dataSync()[0]! + 1;
  return Math.log2((qmax - qmin + 1) / used);
}
