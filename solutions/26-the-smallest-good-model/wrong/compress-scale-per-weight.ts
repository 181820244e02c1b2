import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at an eighth of the bytes it reads nearly all that it read'};

/** One code, and a scale for each weight: the scales are the weights. */
export function compress(model: readonly FloatLayer[], _images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  return model.map(({kernel, bias}) => ({
    bits: 1,
    levels: Float32Array.of(1),
    codes: new Uint8Array(Math.ceil(Math.min(kernel.size, 8 * budgetBytes) / 8)),
    mask: null,
    scales: kernel.dataSync() as Float32Array,
    bias: bias.dataSync() as Float32Array,
  }));
}
