import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Folded} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'foldScales', check: 'each input’s weights are multiplied by its scale'};

/** Gives back what it got: the product is unchanged, and nothing was folded. */
export function foldScales(gain: tf.Tensor1D, bias: tf.Tensor1D, w: tf.Tensor2D, s: tf.Tensor1D): Folded {
  return {gain: gain.clone(), bias: bias.clone(), w: w.mul(s.div(s))};
}
