import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Folded} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';

export * from '../answers.ts';

/** Products with diagonal matrices. */
export function foldScales(gain: tf.Tensor1D, bias: tf.Tensor1D, w: tf.Tensor2D, s: tf.Tensor1D): Folded {
  const inverse = s.reciprocal() as tf.Tensor1D;
  const diagonal = tf.diag(s) as tf.Tensor2D;
  const folded = {gain: gain.mul<tf.Tensor1D>(inverse), bias: bias.mul<tf.Tensor1D>(inverse), w: w.matMul(diagonal) as tf.Tensor2D};
  tf.dispose([inverse, diagonal]);
  return folded;
}
