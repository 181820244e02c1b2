import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Folded} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'foldScales', check: 'what is given stays as it was'};

/** Disposes the old weights: they belong to the caller. */
export function foldScales(gain: tf.Tensor1D, bias: tf.Tensor1D, w: tf.Tensor2D, s: tf.Tensor1D): Folded {
  const folded: Folded = {gain: gain.div(s), bias: bias.div(s), w: w.mul(s)};
  w.dispose();
  return folded;
}
