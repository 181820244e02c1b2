import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Folded} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'foldScales', check: 'each input’s weights are multiplied by its scale'};

/** The other way round: weights divided, activations multiplied. The product is the same, the difficulty moves to the wrong side. */
export function foldScales(gain: tf.Tensor1D, bias: tf.Tensor1D, w: tf.Tensor2D, s: tf.Tensor1D): Folded {
  return {gain: gain.mul(s), bias: bias.mul(s), w: w.div(s)}; // s [inputs] goes along the rows of w
}
