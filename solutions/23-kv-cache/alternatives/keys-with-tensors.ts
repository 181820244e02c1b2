import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';

export * from '../answers.ts';

/** Reshaped so that a group is one axis: min and max along it. */
export function quantizeKeys(keys: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const [tokens, channels] = keys.shape;
  if (tokens === 0) return {codes: new Uint8Array(), scales: new Float32Array(), minima: new Float32Array()};
  return tf.tidy(() => {
    const x = keys.reshape([tokens / groupSize, groupSize, channels]);
    const minima = x.min(1, true);
    const scales = x
      .max(1, true)
      .sub(minima)
      .div(2 ** bits - 1);
    const codes = x
      .sub(minima)
      .div(tf.where(scales.equal(0), 1, scales))
      .round();
    return {
      codes: Uint8Array.from(codes.dataSync()),
      scales: scales.dataSync() as Float32Array,
      minima: minima.dataSync() as Float32Array,
    } as never;
  });
}
