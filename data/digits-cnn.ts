import type {Tensor, Tensor2D, Tensor4D} from '@tensorflow/tfjs-core';
import {tf} from '../backend/core.ts';
import type {TensorData} from '../session/wire/plain.ts';
import {classes, type Digits, side} from './digits.ts';
import type {DenseWeights} from './digits-mlp.ts';
import type {Draw} from './draw.ts';
import {readWeights} from './weights.ts';

/** A convolution without bias, then batch normalization: γ · (conv(x) − mean) / √(variance + ε) + β, per channel. */
export interface ConvBlock {
  /** [3, 3, inputs, outputs] */
  readonly kernel: TensorData;
  /** γ, β, and the mean and variance that training saw: each [outputs]. */
  readonly gamma: TensorData;
  readonly beta: TensorData;
  readonly mean: TensorData;
  readonly variance: TensorData;
}

/** Blocks, each followed by ReLU and 2×2 max pooling; what is left, [4, 4, channels] row-major, goes through one dense layer to ten classes. */
export interface DigitsCnn {
  readonly blocks: readonly ConvBlock[];
  readonly dense: DenseWeights;
}

/** 16×16 pixels in one channel → 8 channels → 16 channels. */
export const cnnChannels: readonly number[] = [1, 8, 16];
/** ε of batch normalization. */
export const batchNormEpsilon = 1e-3;

const parts = ['kernel', 'gamma', 'beta', 'mean', 'variance'] as const;

/** Weights that `data/train/digits-cnn.ts` trained; it says what they reach. */
export function digitsCnn(): DigitsCnn {
  const read = readWeights('digits-cnn');
  const blocks = cnnChannels
    .slice(1)
    .map((_, i) => Object.fromEntries(parts.map(part => [part, read(`conv${i}.${part}`)])) as unknown as ConvBlock);
  return {blocks, dense: {kernel: read('dense.kernel'), bias: read('dense.bias')}};
}

/** Logits [images, 10] of images [images, 256]. */
export function cnnLogits({blocks, dense}: DigitsCnn, images: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    let h: Tensor = tf.reshape(images, [-1, side, side, 1]); // [images, 256] → [images, 16, 16, 1]
    for (const {kernel, gamma, beta, mean, variance} of blocks) {
      const sums = tf.conv2d(h as Tensor4D, toTensor(kernel) as Tensor4D, 1, 'same');
      const [m, v, offset, scale] = [mean, variance, beta, gamma].map(part => tf.tensor1d(part.data as Float32Array));
      h = tf.maxPool(tf.relu(tf.batchNorm4d(sums, m!, v!, offset, scale, batchNormEpsilon)), 2, 2, 'valid');
    }
    const flat = tf.reshape(h, [images.shape[0], -1]) as Tensor2D; // [images, 4, 4, 16] → [images, 256]
    return tf.add(tf.matMul(flat, toTensor(dense.kernel) as Tensor2D), toTensor(dense.bias));
  });
}

/**
 * The same function by other numbers: channels in another order, convolutions and their outputs at other scales (batch normalization and ReLU let a positive
 * factor through), classes renamed. Weights stored from elsewhere are at chance on the renamed digits.
 */
export function disguiseCnn({blocks, dense}: DigitsCnn, draw: Draw): {model: DigitsCnn; rename: (digits: Digits) => Digits} {
  const orders = cnnChannels.map((channels, i) => (i === 0 ? identity(channels) : draw.shuffle(identity(channels))));
  const factors = (count: number, deviation: number): number[] => Array.from({length: count}, () => Math.exp(draw.normal(0, deviation)));
  // What the channels that come in were multiplied by.
  let incoming = [1];
  const disguised = blocks.map(({kernel, gamma, beta, mean, variance}, i) => {
    const [rows, columns] = [orders[i]!, orders[i + 1]!];
    const [inner, outer] = [factors(columns.length, 0.5), factors(columns.length, 0.3)];
    const perChannel = (of: TensorData, f: (value: number, j: number) => number): TensorData =>
      tensor(
        [columns.length],
        columns.map((column, j) => f(of.data[column]!, j)),
      );
    const block = {
      kernel: tensor(
        kernel.shape,
        Array.from({length: 9}, (_, tap) => tap).flatMap(tap =>
          rows.flatMap((row, r) =>
            columns.map((column, j) => (kernel.data[(tap * rows.length + row) * columns.length + column]! * inner[j]!) / incoming[r]!),
          ),
        ),
      ),
      gamma: perChannel(gamma, (value, j) => value * outer[j]!),
      beta: perChannel(beta, (value, j) => value * outer[j]!),
      mean: perChannel(mean, (value, j) => value * inner[j]!),
      variance: perChannel(variance, (value, j) => (value + batchNormEpsilon) * inner[j]! ** 2 - batchNormEpsilon),
    };
    incoming = outer;
    return block;
  });
  const last = orders.at(-1)!;
  const names = draw.shuffle(identity(classes));
  const places = dense.kernel.shape[0]! / last.length;
  const kernel = tensor(
    dense.kernel.shape,
    Array.from({length: places}, (_, place) => place).flatMap(place =>
      last.flatMap((channel, c) => names.map(name => dense.kernel.data[(place * last.length + channel) * classes + name]! / incoming[c]!)),
    ),
  );
  const bias = tensor(
    [classes],
    names.map(name => dense.bias.data[name]!),
  );
  return {
    model: {blocks: disguised, dense: {kernel, bias}},
    rename: ({images, labels}) => ({images, labels: labels.map(label => names.indexOf(label))}),
  };
}

function identity(length: number): number[] {
  return Array.from({length}, (_, i) => i);
}

function tensor(shape: readonly number[], values: readonly number[]): TensorData {
  return {dtype: 'float32', shape, data: Float32Array.from(values)};
}

function toTensor({shape, data}: TensorData): Tensor {
  return tf.tensor(data, [...shape]);
}
