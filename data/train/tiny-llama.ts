import type {Scalar} from '@tensorflow/tfjs-core';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {loadBackend} from '../../backend/index.ts';
import {projectRoot} from '../../project/root.ts';
import {tf} from '../../backend/core.ts';
import {courseText} from '../course-text.ts';
import {Draw} from '../draw.ts';
import {llamaLogits, llamaTensors} from '../llama.ts';
import {tinyLlamaShape as shape} from '../tiny-llama.ts';
import {beginToken, Tokenizer, trainVocabulary} from '../tokenizer.ts';
import {ggmlType, quantizeGgml} from '../../quant/files/ggml/index.ts';
import {writeSafetensors} from '../../quant/files/safetensors.ts';

/**
 * Trains the weights of `tinyLlama()`: SNAPGRID_THREADS=1 node dist/data/train/tiny-llama.js
 * Everything is drawn from seeds; what is left to chance is the last bits of a backend's sums.
 *
 * | trained on | steps | perplexity on 6,912 hidden tokens |
 * |---|---|---|
 * | 674,085 tokens, 12 windows of 128 a step | 700, two CPU-minutes | 1.93 (TensorFlow 2.21.0, one thread) |
 */
const [paragraphs, steps, warmUp, windows, peakRate] = [6000, 700, 30, 12, 3e-3];
const length = shape.contextLength;

const {description} = await loadBackend();
const text = courseText(paragraphs, 'train');
const tokenizer = new Tokenizer(trainVocabulary(text, shape.vocabulary));
const tokens = Array.from(tokenizer.encode(text));
const newline = tokens[tokens.length - 1]!;
const starts = tokens.flatMap((token, i) => (token === newline && i + 1 + length < tokens.length ? [i + 1] : []));
console.log(`${tokens.length} tokens, ${starts.length} paragraphs`);

const variables = new Map(
  [...llamaTensors(shape)].map(([name, dimensions]) => {
    const form = dimensions.length === 2 && name !== 'token_embd.weight' ? [dimensions[1]!, dimensions[0]!] : [...dimensions];
    const deviation = name === 'token_embd.weight' ? 0.06 : Math.sqrt(1 / form[0]!) * (/attn_output|ffn_down/.test(name) ? 0.5 : 1);
    const values = new Draw(`tiny-llama/${name}`).tensor(form, draw => (form.length === 1 ? 1 : draw.normal(0, deviation)));
    return [name, tf.variable(tf.tensor(values.data, form))] as const;
  }),
);

const optimizer = tf.train.adam(peakRate, 0.9, 0.98);
const draw = new Draw('tiny-llama/batches');
const began = process.cpuUsage().user;
for (let step = 0; step < steps; step++) {
  const rate = step < warmUp ? (step + 1) / warmUp : 0.5 + 0.5 * Math.cos((Math.PI * (step - warmUp)) / (steps - warmUp));
  (optimizer as unknown as {learningRate: number}).learningRate = peakRate * Math.max(rate, 0.02);
  const batch = Array.from({length: windows}, (_, i) => windowAt(i % 2 === 0));
  const loss = optimizer.minimize(() => lossOf(batch), true)!;
  if (step % 50 === 0 || step === steps - 1)
    console.log(`step ${step}: ${loss.dataSync()[0]!.toFixed(3)} nats a token, ${((process.cpuUsage().user - began) / 1e6).toFixed(0)} s`);
  loss.dispose();
}

/** length + 1 tokens: half of the windows begin as a text does, half anywhere. */
function windowAt(beginning: boolean): number[] {
  if (!beginning) return slice(draw.integer(0, tokens.length - length - 2), length + 1);
  return [beginToken, ...slice(draw.pick(starts), length)];
}

function slice(from: number, count: number): number[] {
  return tokens.slice(from, from + count);
}

function lossOf(batch: readonly (readonly number[])[]): Scalar {
  const logits = llamaLogits(
    variables,
    shape,
    batch.map(window => window.slice(0, -1)),
  );
  const next = tf.oneHot(
    tf.tensor1d(
      batch.flatMap(window => window.slice(1)),
      'int32',
    ),
    shape.vocabulary,
  );
  return tf.losses.softmaxCrossEntropy(tf.cast(next, 'float32'), logits);
}

const hidden = Array.from(tokenizer.encode(courseText(60, 'hidden', 'tiny-llama')));
let [sum, count] = [0, 0];
for (let from = 0; from + length < hidden.length; from += length, count++)
  sum += tf.tidy(() => lossOf([hidden.slice(from, from + length + 1)]).dataSync()[0]!);
console.log(`${description}: perplexity ${Math.exp(sum / count).toFixed(3)} on ${count * length} hidden tokens`);

const tensors = [...llamaTensors(shape)].map(([name, dimensions]) => {
  const matrix = dimensions.length === 2 && name !== 'token_embd.weight';
  const values = tf.tidy(() => (matrix ? tf.transpose(variables.get(name)!) : variables.get(name)!).dataSync<'float32'>());
  return {name, dtype: 'F16', shape: dimensions, bytes: () => quantizeGgml(values, values.length, ggmlType('F16'))} as const;
});
const metadata = new Map([['vocabulary', JSON.stringify(tokenizer.vocabulary)]]);
const file = Buffer.concat([...writeSafetensors({metadata, tensors})]);
writeFileSync(join(projectRoot, 'data', 'weights', 'tiny-llama.safetensors'), file);
console.log(`${(file.length / 1e6).toFixed(2)} MB`);
