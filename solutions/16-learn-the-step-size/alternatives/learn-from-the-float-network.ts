import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, LearnOptions, QuantizedKernel} from '../../../exercises/16-learn-the-step-size/interface.ts';
import {initialStep, lsqQuantize, scores} from '../answers.ts';
export * from '../answers.ts';

/** No labels: the network on its grid learns to answer as the float network does. */
export async function learnSteps(
  model: readonly FloatLayer[],
  inputs: tf.Tensor2D,
  _labels: tf.Tensor1D,
  {bits, updates}: LearnOptions,
): Promise<QuantizedKernel[]> {
  const half = 2 ** (bits - 1);
  const levels = {qmin: -half, qmax: half - 1};
  const logs = model.map(({kernel}) => tf.variable(tf.tidy(() => tf.log(initialStep(kernel, bits)))));
  const kernels = model.map(({kernel}) => kernel);
  const wanted = tf.tidy(() => tf.softmax(scores(model, kernels, inputs)));
  const loss = (): tf.Scalar => {
    const onGrid = model.map(({kernel}, i) => lsqQuantize(kernel, tf.exp(logs[i]!), levels));
    return tf.losses.softmaxCrossEntropy(wanted, scores(model, onGrid, inputs)) as tf.Scalar;
  };
  const learningRate = 0.1;
  const optimizer = tf.train.adam(learningRate, 0.8, 0.95); // thirty updates are few: a short memory
  let [lowest, best]: [number, tf.Tensor1D[]] = [Infinity, []];
  for (let update = 0; update < updates; update++) {
    Object.assign(optimizer, {learningRate: learningRate * (1 - update / updates)}); // falls to 0, so that it comes to rest
    const tried = logs.map(log => tf.exp(log) as tf.Tensor1D);
    const cost = optimizer.minimize(loss, true, logs)!;
    const reached = cost.dataSync()[0]!;
    // A code that changes sides makes the loss jump: the last steps need not be the best, so keep those with the lowest loss.
    if (reached < lowest) {
      tf.dispose(best);
      [lowest, best] = [reached, tried];
    } else tf.dispose(tried);
    cost.dispose();
  }
  optimizer.dispose();
  const shipped = model.map(({kernel}, i) => {
    const step = best[i]!;
    const codes = tf.tidy(() => tf.cast(tf.clipByValue(tf.round(tf.div(kernel, step)), levels.qmin, levels.qmax), 'int32') as tf.Tensor2D);
    return {codes, step};
  });
  tf.dispose([wanted, ...logs]);
  return shipped;
}
