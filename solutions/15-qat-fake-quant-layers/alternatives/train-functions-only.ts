import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QatOptions, QuantizedLayer} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

/** No layers: variables and functions, weight scales learned beside the weights and the ranges. */
export async function trainQat(
  model: readonly FloatLayer[],
  images: tf.Tensor2D,
  labels: tf.Tensor1D,
  {bits, epochs, ranges}: QatOptions,
): Promise<QuantizedLayer[]> {
  const [half, top] = [2 ** (bits - 1), 2 ** bits - 1];
  const learnedStep = (x: tf.Tensor, step: tf.Tensor, qmin: number, qmax: number): tf.Tensor =>
    tf.customGrad((x, step, save) => {
      const steps = tf.div(x as tf.Tensor, step as tf.Tensor);
      const q = tf.clipByValue(tf.round(steps), qmin, qmax);
      const inside = tf.cast(tf.equal(q, tf.round(steps)), 'float32');
      (save as tf.GradSaveFunc)([q, steps, inside]);
      const gradFunc = (dy: tf.Tensor, [q, steps, inside]: tf.Tensor[]): tf.Tensor[] => {
        const toStep = tf.mul(dy, tf.sub(q!, tf.mul(steps!, inside!)));
        return [tf.mul(dy, inside!), (step as tf.Tensor).rank === 0 ? tf.sum(toStep) : tf.sum(toStep, 0)];
      };
      return {value: tf.mul(q, step as tf.Tensor), gradFunc};
    })(x, step);
  const layers = model.map(({kernel, bias}, i) => ({
    kernel: tf.variable(kernel),
    bias: tf.variable(bias),
    logStep: tf.variable(tf.tidy(() => tf.log(tf.mul(tf.mean(tf.abs(kernel), 0), 2 / Math.sqrt(half - 1))))), // its exponential stays above 0
    input: tf.variable(tf.scalar(i === 0 ? 1 : ranges[i - 1]! / top)),
  }));
  const forward = (x: tf.Tensor): tf.Tensor =>
    layers.reduce<tf.Tensor>((h, {kernel, bias, logStep, input}, i) => {
      const flowing = i === 0 ? h : learnedStep(h, input, 0, top);
      return tf.add(tf.matMul(flowing as tf.Tensor2D, learnedStep(kernel, tf.exp(logStep), -half, half - 1) as tf.Tensor2D), bias);
    }, x);
  const variables = layers.flatMap(({kernel, bias, logStep, input}, i) => [
    kernel,
    bias,
    logStep,
    ...(i === 0 ? [] : [input]),
  ]) as tf.Variable[];
  const [count, batch, classes] = [images.shape[0], 64, model.at(-1)!.bias.shape[0]];
  const optimizer = tf.train.adam(0.003);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from);
      tf.tidy(() => {
        const wanted = tf.oneHot(tf.slice(labels, from, size), classes);
        optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(wanted, forward(tf.slice(images, [from, 0], [size, -1]))) as tf.Scalar,
          false,
          variables,
        );
      });
    }
  }
  optimizer.dispose();
  return layers.map(({kernel, bias, logStep, input}, i) => ({
    codes: tf.cast(tf.clipByValue(tf.round(tf.div(kernel, tf.exp(logStep))), -half, half - 1), 'int32') as tf.Tensor2D,
    scale: tf.exp(logStep) as tf.Tensor1D,
    zeroPoint: tf.zeros([bias.shape[0]], 'int32') as tf.Tensor1D,
    bias: bias as tf.Tensor as tf.Tensor1D,
    input: i === 0 ? null : {scale: input.dataSync()[0]!, zeroPoint: 0},
  }));
}
