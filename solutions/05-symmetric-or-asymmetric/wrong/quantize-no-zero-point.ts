import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'zero gets the zero point'};

/** Forgets the zero point: symmetric codes on an asymmetric grid. */
export function quantize(x: tf.Tensor, {scale, qmin, qmax}: Grid): tf.Tensor {
  return x.div(scale).round().clipByValue(qmin, qmax).toInt();
}
