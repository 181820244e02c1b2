import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, LearnOptions, QuantizedKernel} from '../../../exercises/16-learn-the-step-size/interface.ts';
import {initialStep, lsqQuantize, scores} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'learnSteps', check: 'what is shipped are the given weights on the learned grid'};

/** Cuts the codes off at −qmax, trains with −2^(bits−1). */
export async function learnSteps(
  model: readonly FloatLayer[],
  inputs: tf.Tensor2D,
  labels: tf.Tensor1D,
  {bits, updates}: LearnOptions,
): Promise<QuantizedKernel[]> {
  const half = 2 ** (bits - 1);
  const levels = {qmin: -half, qmax: half - 1};
  const logs = model.map(({kernel}) => tf.variable(tf.tidy(() => tf.log(initialStep(kernel, bits)))));
  const wanted = tf.oneHot(labels, model.at(-1)!.bias.shape[0]);
  const loss = (): tf.Scalar => {
    const kernels = model.map(({kernel}, i) => lsqQuantize(kernel, tf.exp(logs[i]!), levels));
    return tf.losses.softmaxCrossEntropy(wanted, scores(model, kernels, inputs)) as tf.Scalar;
  };
  const learningRate = 0.1;
  const optimizer = tf.train.adam(learningRate, 0.8, 0.95); // thirty updates are few: a short memory
  for (let update = 0; update < updates; update++) {
    Object.assign(optimizer, {learningRate: learningRate * (1 - update / updates)}); // falls to 0, so that it comes to rest
    optimizer.minimize(loss, false, logs);
    await tf.nextFrame(); // lets the notebook's stop button through
  }
  optimizer.dispose();
  const shipped = model.map(({kernel}, i) => {
    const step = tf.exp(logs[i]!) as tf.Tensor1D;
    const codes = tf.tidy(() => tf.cast(tf.clipByValue(tf.round(tf.div(kernel, step)), -levels.qmax, levels.qmax), 'int32') as tf.Tensor2D);
    return {codes, step};
  });
  tf.dispose([wanted, ...logs]);
  return shipped;
}
