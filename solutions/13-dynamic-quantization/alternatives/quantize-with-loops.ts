import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Weight, Model} from '../../../exercises/13-dynamic-quantization/interface.ts';
import {replaceLayers} from '../answers.ts';

export * from '../answers.ts';

/** Column by column over plain arrays. */
export function quantizeDynamic(model: Model, skip: readonly string[]): Model {
  const layers = replaceLayers(model.layers, skip);
  const weights: Record<string, tf.Tensor | Int8Weight> = {...model.weights};
  for (const {kind, weight} of layers)
    if (kind === 'dynamicLinear' && weights[weight] === model.weights[weight])
      weights[weight] = byColumns(model.weights[weight] as tf.Tensor2D);
  return {layers, weights};
}

function byColumns(weight: tf.Tensor2D): Int8Weight {
  const [rows, columns] = weight.shape;
  const values = weight.dataSync();
  const codes = new Int32Array(values.length);
  const scales = new Float32Array(columns);
  for (let j = 0; j < columns; j++) {
    let absMax = 0;
    for (let i = 0; i < rows; i++) absMax = Math.max(absMax, Math.abs(values[i * columns + j]!));
    scales[j] = absMax > 0 ? absMax / 127 : 1;
    for (let i = 0; i < rows; i++) codes[i * columns + j] = Math.round(values[i * columns + j]! / scales[j]!);
  }
  return {codes: tf.tensor2d(codes, [rows, columns], 'int32'), scales: tf.tensor1d(scales)};
}
