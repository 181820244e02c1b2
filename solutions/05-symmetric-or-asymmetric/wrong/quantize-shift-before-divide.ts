import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'zero gets the zero point'};

/** Adds the zero point, a code, to the values before the division. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  return x.add(zeroPoint).div(scale).round().clipByValue(qmin, qmax).toInt();
}
