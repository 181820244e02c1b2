import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Trained, TrainOptions} from '../../../exercises/14-mixed-precision/interface.ts';
import {LossScaler, storeAs} from '../answers.ts';

export * from '../answers.ts';

/** Asks tfjs for the gradients, with a rounding that rounds on the way back as well, and does the step itself. */
export function trainMixed(
  start: readonly tf.Tensor[],
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  {format, steps, learningRate, maxNorm, scaler: options}: TrainOptions,
): Trained {
  const store = tf.customGrad(t => ({value: storeAs(t as tf.Tensor, format), gradFunc: (dy: tf.Tensor) => storeAs(dy, format)}));
  const scaler = new LossScaler(options);
  const losses: number[] = [];
  let weights = start.map(weight => weight.clone());
  for (let i = 0; i < steps; i++) {
    const scale = scaler.scale();
    const step = tf.tidy(() => {
      const scaledLoss = (kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const output = store(tf.add(tf.matMul(storeAs(x, format), store(kernel)), store(bias)));
        return tf.mul(tf.mean(tf.square(tf.sub(output, y))), scale);
      };
      const {value, grads} = tf.valueAndGrads(scaledLoss)(weights);
      losses.push(value.dataSync()[0]! / scale);
      const flat = tf.concat(grads.map(gradient => tf.reshape(gradient, [-1]))).div(scale);
      const norm = flat.norm().dataSync()[0]!;
      if (!Number.isFinite(norm)) return {weights: weights.map(weight => tf.clone(weight)), taken: false};
      const rate = learningRate * Math.min(1, maxNorm / Math.max(norm, 1e-30));
      return {weights: weights.map((weight, j) => tf.sub(weight, tf.mul(grads[j]!, rate / scale))), taken: true};
    });
    scaler.update(step.taken);
    tf.dispose(weights);
    weights = step.weights;
  }
  return {weights, losses, skipped: scaler.skipped()};
}
