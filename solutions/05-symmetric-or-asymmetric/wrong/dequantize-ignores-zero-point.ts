import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'activations come back within half a step'};

/** s·q: right on symmetric grids only. */
export function dequantize(codes: tf.Tensor, {scale}: Grid): tf.Tensor {
  return codes.toFloat().mul(scale);
}
