import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'each value is scale times (code − zero point)'};

/** Reads the codes as unsigned bytes: −1 becomes 255. */
export function dequantize(codes: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return tf.tidy(() => codes.toFloat().add(256).mod(256).sub(zeroPoint).mul(scale));
}
