import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Trained, TrainOptions} from '../../../exercises/14-mixed-precision/interface.ts';
import {applyGradients, backward, LossScaler} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'trainMixed', check: 'a scale that is too large comes down, and training goes on'};

/** A new scaler in every step: it remembers nothing. */
export function trainMixed(
  start: readonly tf.Tensor[],
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  {format, steps, learningRate, maxNorm, scaler: options}: TrainOptions,
): Trained {
  const losses: number[] = [];
  let weights = start.map(weight => weight.clone());
  for (let i = 0; i < steps; i++) {
    const scaler = new LossScaler(options);
    const scale = scaler.scale();
    const {loss, gradients} = backward(weights, x, y, format, scale);
    const step = applyGradients(weights, gradients, {scale, learningRate, maxNorm});
    scaler.update(step.taken);
    losses.push(loss);
    tf.dispose([weights, gradients]);
    weights = step.weights;
  }
  return {weights, losses, skipped: 0};
}
