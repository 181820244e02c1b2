import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Weight, Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {
  task: 'quantizeDynamic',
  check: 'a weight that two layers share is stored once, and as int8 only where both are replaced',
};

/** Every matrix becomes codes, whoever uses it. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const dynamic = new Set(Object.keys(model.weights).filter(key => (model.weights[key] as tf.Tensor).shape.length === 2));
  const weights = Object.entries(model.weights).map(([key, weight]) => [key, dynamic.has(key) ? toInt8(weight as tf.Tensor2D) : weight]);
  return {layers, weights: Object.fromEntries(weights)};
}

function toInt8(weight: tf.Tensor2D): Int8Weight {
  return tf.tidy(() => {
    const absMax = weight.abs().max(0);
    const scales = tf.where(absMax.equal(0), tf.onesLike(absMax), absMax.div(127)) as tf.Tensor1D;
    return {codes: weight.div(scales).round().toInt() as tf.Tensor2D, scales};
  });
}
