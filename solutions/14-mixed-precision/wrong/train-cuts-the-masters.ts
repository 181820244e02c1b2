import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Trained, TrainOptions} from '../../../exercises/14-mixed-precision/interface.ts';
import {applyGradients, backward, LossScaler} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'trainMixed', check: 'steps below half a unit in the last place add up'};

/** Cuts the weights down to 10 bits of mantissa after each step: rounding towards zero in place of to the nearest. */
export function trainMixed(
  start: readonly tf.Tensor[],
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  {format, steps, learningRate, maxNorm, scaler: options}: TrainOptions,
): Trained {
  const scaler = new LossScaler(options);
  const losses: number[] = [];
  const cut = (weight: tf.Tensor): tf.Tensor => {
    const bits = new Uint32Array(Float32Array.from(weight.dataSync()).buffer);
    return tf.tensor(new Float32Array(bits.map(code => code & 0xffffe000).buffer), weight.shape);
  };
  let weights = start.map(weight => weight.clone());
  for (let i = 0; i < steps; i++) {
    const scale = scaler.scale();
    const {loss, gradients} = backward(weights, x, y, format, scale);
    const step = applyGradients(weights, gradients, {scale, learningRate, maxNorm});
    scaler.update(step.taken);
    losses.push(loss);
    weights = step.weights.map(cut);
  }
  return {weights, losses, skipped: scaler.skipped()};
}
