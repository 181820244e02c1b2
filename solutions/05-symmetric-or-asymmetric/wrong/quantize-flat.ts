import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'any shape works, activations too'};

/** Loses the shape. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  return x.div(scale).round().add(zeroPoint).clipByValue(qmin, qmax).toInt().flatten();
}
