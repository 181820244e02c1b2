import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'the zero point comes back as exactly 0'};

/** A small constant that shall prevent zeros: zero is no longer exactly 0. */
export function dequantize(codes: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return codes
    .toFloat()
    .sub(zeroPoint)
    .mul(scale)
    .add(scale / 1000);
}
