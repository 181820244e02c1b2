import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {loadBackend} from '../../backend/index.ts';
import {projectRoot} from '../../project/root.ts';
import {widths} from '../digits-mlp.ts';
import {classes, digits, pixels} from '../digits.ts';
import {Draw} from '../draw.ts';
import {writeSafetensors} from '../../quant/files/safetensors.ts';

/**
 * Trains the float weights of `digitsMlp()`: node dist/data/train/digits-mlp.js
 * Everything is drawn from seeds; what is left to chance is the last bits of a backend's sums.
 *
 * | trained on | epochs | accuracy on 2,000 hidden digits |
 * |---|---|---|
 * | 8,000 digits | 25 | 97.6% (TensorFlow 2.21.0, CPU) |
 */
const [trainingImages, epochs, batch, learningRate] = [8000, 25, 64, 0.003];

const {description} = await loadBackend();
const training = digits(trainingImages, 'digits-mlp/train');
const hidden = digits(2000, 'digits-mlp/test');
const layers = widths.slice(1).map((outputs, i) => {
  const inputs = widths[i]!;
  const kernel = new Draw(`digits-mlp/kernel${i}`).tensor([inputs, outputs], draw => draw.normal(0, Math.sqrt(2 / inputs)));
  return {kernel: tf.variable(tf.tensor2d(kernel.data as Float32Array, [inputs, outputs])), bias: tf.variable(tf.zeros([outputs]))};
});

const x = tf.tensor2d(training.images.data as Float32Array, [trainingImages, pixels]);
const y = tf.cast(tf.oneHot(tf.tensor1d(training.labels, 'int32'), classes), 'float32') as tf.Tensor2D;
const optimizer = tf.train.adam(learningRate);
for (let epoch = 0; epoch < epochs; epoch++) {
  (optimizer as unknown as {learningRate: number}).learningRate = learningRate * (1 - epoch / epochs);
  for (let from = 0; from + batch <= trainingImages; from += batch) {
    tf.tidy(
      () =>
        void optimizer.minimize(
          () =>
            tf.losses.softmaxCrossEntropy(
              tf.slice(y, [from, 0], [batch, classes]),
              forward(tf.slice(x, [from, 0], [batch, pixels])),
            ) as tf.Scalar,
        ),
    );
  }
}

const answers = tf.tidy(() => tf.argMax(forward(tf.tensor2d(hidden.images.data as Float32Array, [2000, pixels])), 1).dataSync());
const right = hidden.labels.filter((label, i) => label === answers[i]).length;
console.log(`${description}: ${(right / 20).toFixed(2)}% of 2,000 hidden digits right`);

const tensors = layers.flatMap((layer, i) =>
  (['kernel', 'bias'] as const).map(part => {
    const values = layer[part].dataSync();
    const bytes = (): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return {name: `dense${i}.${part}`, dtype: 'F32', shape: layer[part].shape, bytes} as const;
  }),
);
const folder = join(projectRoot, 'data', 'weights');
mkdirSync(folder, {recursive: true});
writeFileSync(join(folder, 'digits-mlp.safetensors'), Buffer.concat([...writeSafetensors({tensors})]));

function forward(images: tf.Tensor2D): tf.Tensor2D {
  return layers.reduce<tf.Tensor2D>((h, {kernel, bias}, i) => {
    const sum = tf.add<tf.Tensor2D>(tf.matMul(h, kernel as tf.Tensor2D), bias);
    return i < layers.length - 1 ? tf.relu(sum) : sum;
  }, images);
}
