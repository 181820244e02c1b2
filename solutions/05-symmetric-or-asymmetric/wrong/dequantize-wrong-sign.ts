import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'the zero point comes back as exactly 0'};

/** s·(q + z): shifted in the wrong direction. */
export function dequantize(codes: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return codes.toFloat().add(zeroPoint).mul(scale);
}
