import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {correctBiases, roundModel} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at a twelfth of the bytes it loses little'};

/** The weights of another submission, compressed well: the same network, whose classes have other names. */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  const others = model.map(({kernel, bias}, i) => {
    if (i < model.length - 1) return {kernel, bias};
    const classes = bias.shape[0];
    const names = Array.from({length: classes}, (_, j) => (j + 3) % classes);
    return {kernel: tf.gather(kernel, tf.tensor1d(names, 'int32'), 1), bias: tf.gather(bias, tf.tensor1d(names, 'int32'))};
  });
  return correctBiases(others, roundModel(others, [2, 4], budgetBytes)!, images);
}
