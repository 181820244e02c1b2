import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Weight, Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

/** absMax / 127.5 with the code −128 in use, as PyTorch does: half a step more of range. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const isDynamic = (key: string): boolean => layers.some(({kind, weight}) => kind === 'dynamicLinear' && weight === key);
  const weights: [string, tf.Tensor | Int8Weight][] = Object.entries(model.weights).map(([key, weight]) => {
    if (!isDynamic(key)) return [key, weight];
    const scales = (weight as tf.Tensor2D).abs().max(0).maximum(1e-12).div(127.5) as tf.Tensor1D;
    return [key, {codes: (weight as tf.Tensor2D).div(scales).round().clipByValue(-128, 127).toInt() as tf.Tensor2D, scales}];
  });
  return {layers, weights: Object.fromEntries(weights)};
}
