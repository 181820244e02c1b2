import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {loadBackend} from '../../backend/index.ts';
import {projectRoot} from '../../project/root.ts';
import {batchNormEpsilon, cnnChannels, cnnLogits, digitsCnn} from '../digits-cnn.ts';
import {classes, digits, side} from '../digits.ts';
import {Draw} from '../draw.ts';
import {writeSafetensors} from '../../quant/files/safetensors.ts';

/**
 * Trains the float weights of `digitsCnn()`: SNAPGRID_THREADS=1 node dist/data/train/digits-cnn.js
 * Everything is drawn from seeds; what is left to chance is the last bits of a backend's sums.
 */
const [trainingImages, epochs, batchSize, learningRate] = [6000, 8, 50, 0.004];

const {tf, description} = await loadBackend();
const training = digits(trainingImages, 'digits-cnn/train');
const hidden = digits(2000, 'digits-cnn/test');

const model = tf.sequential();
cnnChannels.slice(1).forEach((filters, i) => {
  const first = i === 0 ? {inputShape: [side, side, 1]} : {};
  model.add(tf.layers.conv2d({filters, kernelSize: 3, padding: 'same', useBias: false, ...first}));
  model.add(tf.layers.batchNormalization({epsilon: batchNormEpsilon, momentum: 0.95}));
  model.add(tf.layers.reLU());
  model.add(tf.layers.maxPooling2d({poolSize: 2}));
});
model.add(tf.layers.flatten());
model.add(tf.layers.dense({units: classes}));
for (const layer of model.layers) {
  const [kernel, ...rest] = layer.getWeights();
  if (!kernel || kernel.shape.length < 2) continue;
  const inputs = kernel.size / kernel.shape.at(-1)!;
  const start = new Draw(`digits-cnn/${layer.name}`).tensor(kernel.shape, draw => draw.normal(0, Math.sqrt(2 / inputs)));
  layer.setWeights([tf.tensor(start.data, kernel.shape), ...rest]);
}

const x = tf.tensor4d(training.images.data as Float32Array, [trainingImages, side, side, 1]);
const y = tf.oneHot(tf.tensor1d(training.labels, 'int32'), classes).toFloat();
const optimizer = tf.train.adam(learningRate);
model.compile({optimizer, loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)});
for (let epoch = 0; epoch < epochs; epoch++) {
  (optimizer as unknown as {learningRate: number}).learningRate = learningRate * (1 - epoch / epochs);
  await model.fit(x, y, {epochs: 1, batchSize, shuffle: false, verbose: 0});
}

const values = model.layers.flatMap(layer => layer.getWeights());
const names = [
  ...cnnChannels.slice(1).flatMap((_, i) => ['kernel', 'gamma', 'beta', 'mean', 'variance'].map(part => `conv${i}.${part}`)),
  'dense.kernel',
  'dense.bias',
];
const tensors = names.map((name, i) => {
  const data = values[i]!.dataSync();
  return {name, dtype: 'F32', shape: values[i]!.shape, bytes: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)} as const;
});
writeFileSync(join(projectRoot, 'data', 'weights', 'digits-cnn.safetensors'), Buffer.concat([...writeSafetensors({tensors})]));

// As it is read back, not as it was trained.
const answers = cnnLogits(digitsCnn(), tf.tensor2d(hidden.images.data as Float32Array, [2000, side * side]))
  .argMax(1)
  .dataSync();
const right = hidden.labels.filter((label, i) => label === answers[i]).length;
console.log(`${description}: ${(right / 20).toFixed(2)}% of 2,000 hidden digits right`);
