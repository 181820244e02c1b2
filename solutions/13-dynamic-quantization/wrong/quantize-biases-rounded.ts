import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Weight, Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {
  task: 'quantizeDynamic',
  check: 'what is not replaced stays exactly as it was',
};

/** A bias has as many steps here as a weight; it needs more, and it is small anyway. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const dynamic = new Set(layers.filter(({kind}) => kind === 'dynamicLinear').map(({weight}) => weight));
  const weights = Object.entries(model.weights).map(([key, weight]) => [
    key,
    dynamic.has(key) ? toInt8(weight as tf.Tensor2D) : roundTo8Bits(weight as tf.Tensor),
  ]);
  return {layers, weights: Object.fromEntries(weights)};
}

function roundTo8Bits(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => x.div(x.abs().max().div(127)).round().mul(x.abs().max().div(127)));
}

function toInt8(weight: tf.Tensor2D): Int8Weight {
  return tf.tidy(() => {
    const absMax = weight.abs().max(0);
    const scales = tf.where(absMax.equal(0), tf.onesLike(absMax), absMax.div(127)) as tf.Tensor1D;
    return {codes: weight.div(scales).round().toInt() as tf.Tensor2D, scales};
  });
}
