import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'values outside the range get the code of the nearer end'};

/** Clamps the steps, then adds the zero point: what comes out may lie outside of the codes. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  return x.div(scale).round().clipByValue(qmin, qmax).add(zeroPoint).toInt();
}
