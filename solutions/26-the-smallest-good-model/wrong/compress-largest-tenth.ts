import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {packBits} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at a sixteenth of the bytes it still reads'};

/** Keeps the largest weights of each layer in eight bits each, as many as fit: all the others are lost. */
export function compress(model: readonly FloatLayer[], _images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  const weights = model.reduce((sum, {kernel}) => sum + kernel.size, 0);
  const share = (budgetBytes - 1800 - weights / 8) / weights;
  return model.map(({kernel, bias}) => {
    const values = kernel.dataSync() as Float32Array;
    const magnitudes = values.map(Math.abs).sort().reverse();
    const threshold = magnitudes[Math.floor(share * values.length)]!;
    const largest = magnitudes[0]!;
    const kept = Uint8Array.from(values, w => (Math.abs(w) > threshold ? 1 : 0));
    return {
      bits: 8,
      levels: Float32Array.from({length: 255}, (_, code) => code - 127),
      codes: Uint8Array.from(
        values.filter((_, i) => kept[i] === 1),
        w => Math.round((127 * w) / largest) + 127,
      ),
      mask: packBits(kept, 1),
      scales: Float32Array.of(largest / 127),
      bias: bias.dataSync() as Float32Array,
    };
  });
}
