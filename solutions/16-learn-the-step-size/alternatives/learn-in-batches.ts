import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, LearnOptions, QuantizedKernel} from '../../../exercises/16-learn-the-step-size/interface.ts';
import {initialStep, lsqQuantize, scores} from '../answers.ts';
export * from '../answers.ts';

/** Half of the examples for each update, all of them to find out which steps are the best. */
export async function learnSteps(
  model: readonly FloatLayer[],
  inputs: tf.Tensor2D,
  labels: tf.Tensor1D,
  {bits, updates}: LearnOptions,
): Promise<QuantizedKernel[]> {
  const half = 2 ** (bits - 1);
  const levels = {qmin: -half, qmax: half - 1};
  const logs = model.map(({kernel}) => tf.variable(tf.tidy(() => tf.log(initialStep(kernel, bits)))));
  const [count, classes] = [inputs.shape[0], model.at(-1)!.bias.shape[0]];
  const batch = Math.min(200, count);
  const loss = (from: number, size: number): tf.Scalar => {
    const wanted = tf.oneHot(tf.slice(labels, from, size), classes);
    const kernels = model.map(({kernel}, i) => lsqQuantize(kernel, tf.exp(logs[i]!), levels));
    return tf.losses.softmaxCrossEntropy(wanted, scores(model, kernels, tf.slice(inputs, [from, 0], [size, -1]))) as tf.Scalar;
  };
  let best = {loss: Infinity, steps: [] as Float32Array[]};
  const learningRate = 0.1;
  const optimizer = tf.train.adam(learningRate, 0.8, 0.95);
  for (let update = 0; update < updates; update++) {
    Object.assign(optimizer, {learningRate: learningRate * (1 - update / updates)}); // falls to 0, so that it comes to rest
    const from = (update * batch) % (count - (count % batch));
    optimizer.minimize(() => loss(from, batch), false, logs);
    const reached = tf.tidy(() => loss(0, count).dataSync()[0]!);
    if (reached < best.loss) best = {loss: reached, steps: tf.tidy(() => logs.map(log => tf.exp(log).dataSync().slice() as Float32Array))};
  }
  optimizer.dispose();
  const shipped = model.map(({kernel}, i) => {
    const step = tf.tensor1d(best.steps[i]!);
    const codes = tf.tidy(() => tf.cast(tf.clipByValue(tf.round(tf.div(kernel, step)), levels.qmin, levels.qmax), 'int32') as tf.Tensor2D);
    return {codes, step};
  });
  tf.dispose(logs);
  return shipped;
}
