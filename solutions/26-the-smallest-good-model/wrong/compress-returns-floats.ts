import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at an eighth of the bytes it reads nearly all that it read'};

/** The float network itself, under the names of the fields. */
export function compress(model: readonly FloatLayer[], _images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  return model.map(({kernel, bias}) => ({
    bits: 8,
    levels: kernel.dataSync() as Float32Array,
    codes: new Uint8Array(Math.min(kernel.size, budgetBytes)),
    mask: null,
    scales: new Float32Array(bias.size).fill(1),
    bias: bias.dataSync() as Float32Array,
  }));
}
