import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, LearnOptions, Levels, QuantizedKernel} from '../../exercises/16-learn-the-step-size/interface.ts';

/** The lesson's own: what the network computes with `kernels` in place of its own. */
export function scores(model: readonly FloatLayer[], kernels: readonly tf.Tensor[], inputs: tf.Tensor): tf.Tensor {
  return model.reduce<tf.Tensor>((h, {bias}, i) => tf.add(tf.matMul(i === 0 ? h : tf.relu(h), kernels[i]!), bias), inputs);
}

/**
 * Forward: snap to the grid. Backward: for x as in lesson 15. For the step, s · round(x/s) is differentiated by the product rule with 1 for the slope
 * of round: round(x/s) + s · (−x/s²) on the grid; beyond it, x is gone and s · qmax (or qmin) is left.
 */
export function lsqQuantize(x: tf.Tensor, step: tf.Tensor, {qmin, qmax}: Levels): tf.Tensor {
  const gradientScale = 1 / Math.sqrt((x.size / step.size) * qmax);
  const snap = tf.customGrad((x, step, save) => {
    const steps = tf.div(x as tf.Tensor, step as tf.Tensor);
    const rounded = tf.round(steps);
    const q = tf.clipByValue(rounded, qmin, qmax);
    const inside = tf.cast(tf.equal(rounded, q), 'float32');
    (save as tf.GradSaveFunc)([q, steps, inside]);
    const gradFunc = (dy: tf.Tensor, [q, steps, inside]: tf.Tensor[]): tf.Tensor[] => {
      const slope = tf.sub(q!, tf.mul(steps!, inside!)); // on the grid round(x/s) − x/s, beyond it qmin or qmax
      const each = tf.mul(tf.mul(dy, slope), gradientScale);
      return [tf.mul(dy, inside!), (step as tf.Tensor).rank === 0 ? tf.sum(each) : tf.sum(each, 0)];
    };
    return {value: tf.mul(q, step as tf.Tensor), gradFunc};
  });
  return snap(x, step);
}

/** Between the two needs: small enough for the many small weights, large enough not to clip too many. The mean runs down each column. */
export function initialStep(w: tf.Tensor2D, bits: number): tf.Tensor1D {
  const qmax = 2 ** (bits - 1) - 1;
  return tf.tidy(() => tf.maximum(tf.mul(tf.mean(tf.abs(w), 0), 2 / Math.sqrt(qmax)), 1e-8) as tf.Tensor1D); // [inputs, outputs] → [outputs]
}

/**
 * Trains nothing but the steps. Their logarithms are what the optimizer moves: the exponential stays above 0, and an update of 0.01 is one
 * percent for a small step and for a large one.
 */
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
    if (update % 5 === 0) await tf.nextFrame(); // lets the notebook's stop button through
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
