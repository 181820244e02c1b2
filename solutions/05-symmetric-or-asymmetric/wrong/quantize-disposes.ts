import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'the input is left as it was'};

/** Disposes a tensor that belongs to the caller. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const codes = x.div(scale).round().add(zeroPoint).clipByValue(qmin, qmax).toInt();
  x.dispose();
  return codes;
}
