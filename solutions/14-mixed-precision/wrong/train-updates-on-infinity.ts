import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Trained, TrainOptions} from '../../../exercises/14-mixed-precision/interface.ts';
import {backward, LossScaler} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'trainMixed', check: 'a scale that is too large comes down, and training goes on'};

/** Tells the scaler of the infinity, and moves the weights by it. */
export function trainMixed(
  start: readonly tf.Tensor[],
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  {format, steps, learningRate, scaler: options}: TrainOptions,
): Trained {
  const scaler = new LossScaler(options);
  const losses: number[] = [];
  let weights = start.map(weight => weight.clone());
  for (let i = 0; i < steps; i++) {
    const scale = scaler.scale();
    const {loss, gradients} = backward(weights, x, y, format, scale);
    const taken = gradients.every(gradient => gradient.isFinite().all().dataSync()[0] === 1);
    const step = {weights: weights.map((weight, j) => weight.sub(gradients[j]!.mul(learningRate / scale))), taken};
    scaler.update(step.taken);
    losses.push(loss);
    tf.dispose([weights, gradients]);
    weights = step.weights;
  }
  return {weights, losses, skipped: scaler.skipped()};
}
