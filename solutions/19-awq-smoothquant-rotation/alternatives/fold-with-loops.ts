import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Folded} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';

export * from '../answers.ts';

/** Plain arrays. */
export function foldScales(gain: tf.Tensor1D, bias: tf.Tensor1D, w: tf.Tensor2D, s: tf.Tensor1D): Folded {
  const scales = s.arraySync();
  const divided = (values: tf.Tensor1D): tf.Tensor1D => tf.tensor1d(values.arraySync().map((value, i) => value / scales[i]!));
  return {gain: divided(gain), bias: divided(bias), w: tf.tensor2d(w.arraySync().map(row => row.map((value, i) => value * scales[i]!)))};
}
