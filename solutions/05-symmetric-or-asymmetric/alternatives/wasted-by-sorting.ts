import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

/** The ends are the first and the last of the sorted codes; a logarithm to another base, divided by that of 2. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const sorted = Array.from(codes.dataSync()).sort((a, b) => a - b);
  const used = sorted.at(-1)! - sorted[0]! + 1;
  return Math.log((qmax - qmin + 1) / used) / Math.LN2;
}
