import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Weight, Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {
  task: 'quantizeDynamic',
  check: 'the model is at least 3.5 times smaller',
};

/** The float weights stay in the model beside their codes. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const dynamic = new Set(layers.filter(({kind}) => kind === 'dynamicLinear').map(({weight}) => weight));
  const copies = [...dynamic].map(key => [`${key}_int8`, toInt8(model.weights[key] as tf.Tensor2D)]);
  return {layers, weights: {...model.weights, ...Object.fromEntries(copies)}};
}

function toInt8(weight: tf.Tensor2D): Int8Weight {
  return tf.tidy(() => {
    const absMax = weight.abs().max(0);
    const scales = tf.where(absMax.equal(0), tf.onesLike(absMax), absMax.div(127)) as tf.Tensor1D;
    return {codes: weight.div(scales).round().toInt() as tf.Tensor2D, scales};
  });
}
