import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'zero gets the zero point'};

/** Takes the zero point away: that is what restoring does. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  return x.div(scale).round().sub(zeroPoint).clipByValue(qmin, qmax).toInt();
}
