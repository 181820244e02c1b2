import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

/** One pass over a plain array. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  let lowest = qmax;
  let highest = qmin;
  for (const code of codes.dataSync()) {
    if (code < lowest) lowest = code;
    if (code > highest) highest = code;
  }
  return Math.log2(qmax - qmin + 1) - Math.log2(highest - lowest + 1);
}
