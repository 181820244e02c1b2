import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'values outside the range get the code of the nearer end'};

/** No clamp: values outside of the range get codes that do not exist. */
export function quantize(x: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return x.div(scale).round().add(zeroPoint).toInt();
}
