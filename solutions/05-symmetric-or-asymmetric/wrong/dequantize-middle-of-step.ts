import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'the zero point comes back as exactly 0'};

/** Adds half a step, for the middle of the step: zero becomes half a step, too. */
export function dequantize(codes: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return codes.toFloat().sub(zeroPoint).add(0.5).mul(scale);
}
