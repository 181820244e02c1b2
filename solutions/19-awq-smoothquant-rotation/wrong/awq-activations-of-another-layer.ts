import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ActivationAware, AwqOptions} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';
import {plainGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'awq', check: 'the output error is below plain groups at 4 bits'};

/** Takes the activations of the layer that was quantized before: their loud inputs are others. */
const observed: {means: number[][]} = {means: []};

export function awq(w: tf.Tensor2D, x: tf.Tensor2D, options: AwqOptions): ActivationAware {
  observed.means.push(tf.tidy(() => x.abs().mean(0).arraySync() as number[]));
  const before = observed.means.at(-2);
  return tf.tidy(() => {
    const mean = tf.tensor1d(before?.length === w.shape[1] ? before : observed.means.at(-1)!.toReversed());
    const s = mean.pow(0.5).maximum(1e-4) as tf.Tensor1D;
    return {...plainGroups(w.mul(s) as tf.Tensor2D, options), s};
  });
}
