import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QatOptions, QuantizedLayer} from '../../../exercises/15-qat-fake-quant-layers/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'trainQat', check: 'at 2 bits it beats quantizing after training'};

/** The same extra epochs, but in float; quantized afterwards. */
export async function trainQat(
  model: readonly FloatLayer[],
  images: tf.Tensor2D,
  labels: tf.Tensor1D,
  {bits, epochs, ranges}: QatOptions,
): Promise<QuantizedLayer[]> {
  const weights = model.map(({kernel, bias}) => ({kernel: tf.variable(kernel), bias: tf.variable(bias)}));
  const forward = (x: tf.Tensor2D): tf.Tensor2D =>
    weights.reduce((h, {kernel, bias}, i) => tf.add(tf.matMul(i === 0 ? h : tf.relu(h), kernel), bias) as tf.Tensor2D, x);
  const [count, batch, classes] = [images.shape[0], 64, model.at(-1)!.bias.shape[0]];
  const variables = weights.flatMap(({kernel, bias}) => [kernel, bias]) as tf.Variable[];
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
  const half = 2 ** (bits - 1);
  return weights.map(({kernel, bias}, i) => {
    const scale = tf.div(tf.max(tf.abs(kernel), 0), half - 1) as tf.Tensor1D;
    const codes = tf.cast(tf.clipByValue(tf.round(tf.div(kernel, scale)), -half, half - 1), 'int32') as tf.Tensor2D;
    return {
      codes,
      scale,
      zeroPoint: tf.zeros([bias.shape[0]], 'int32') as tf.Tensor1D,
      bias: tf.clone(bias) as tf.Tensor1D,
      input: i === 0 ? null : {scale: ranges[i - 1]! / (2 ** bits - 1), zeroPoint: 0},
    };
  });
}
