import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Weight, Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {
  task: 'quantizeDynamic',
  check: 'a column of small weights keeps its detail',
};

/** One scale for the whole matrix: the columns with small weights get few of its steps. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const dynamic = new Set(layers.filter(({kind}) => kind === 'dynamicLinear').map(({weight}) => weight));
  const weights = Object.entries(model.weights).map(([key, weight]) => [key, dynamic.has(key) ? toInt8(weight as tf.Tensor2D) : weight]);
  return {layers, weights: Object.fromEntries(weights)};
}

function toInt8(weight: tf.Tensor2D): Int8Weight {
  return tf.tidy(() => {
    const absMax = tf.fill([weight.shape[1]], weight.abs().max().dataSync()[0]!);
    const scales = tf.where(absMax.equal(0), tf.onesLike(absMax), absMax.div(127)) as tf.Tensor1D;
    return {codes: weight.div(scales).round().toInt() as tf.Tensor2D, scales};
  });
}
