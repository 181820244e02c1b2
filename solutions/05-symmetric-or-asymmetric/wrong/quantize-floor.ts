import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'codes are the nearest steps, counted from the zero point'};

/** Floor goes down, not to the nearest. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  return x.div(scale).floor().add(zeroPoint).clipByValue(qmin, qmax).toInt();
}
