import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Trained, TrainOptions} from '../../../exercises/14-mixed-precision/interface.ts';
import {applyGradients, backward, LossScaler} from '../answers.ts';

export * from '../answers.ts';

/** tf.variable for the masters, and no list of tensors that changes from step to step. */
export function trainMixed(
  start: readonly tf.Tensor[],
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  {format, steps, learningRate, maxNorm, scaler: options}: TrainOptions,
): Trained {
  const scaler = new LossScaler(options);
  const masters = start.map(weight => tf.variable(weight));
  const losses = Array.from({length: steps}, () =>
    tf.tidy(() => {
      const scale = scaler.scale();
      const {loss, gradients} = backward(masters, x, y, format, scale);
      const {weights, taken} = applyGradients(masters, gradients, {scale, learningRate, maxNorm});
      if (taken) masters.forEach((master, i) => master.assign(weights[i]!));
      scaler.update(taken);
      return loss;
    }),
  );
  const weights = masters.map(master => tf.clone(master));
  tf.dispose(masters);
  return {weights, losses, skipped: scaler.skipped()};
}
