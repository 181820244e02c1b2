import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Grid, Packed, QuantizedCache} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

/** Plain arrays throughout; bytes are sums of codes at powers of two. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {bits, groupSize, residual}: CacheOptions): QuantizedCache {
  const channels = keys.shape[1];
  const [k, v] = [Array.from(keys.dataSync()), Array.from(values.dataSync())];
  const tokens = k.length / channels;
  const perByte = 8 / bits;
  const part = (x: readonly number[], groupOf: (i: number) => number): Packed => {
    const {codes, scales, minima} = quantizeGroups(x, {bits, groupSize} satisfies Grid, groupOf);
    const packed = Uint8Array.from({length: codes.length / perByte}, (_, byte) => {
      let sum = 0;
      for (let i = perByte - 1; i >= 0; i--) sum = sum * 2 ** bits + codes[byte * perByte + i]!;
      return sum;
    });
    return {packed, scales, minima};
  };
  const cutKeys = Math.floor(tokens / residual) * residual * channels;
  const cutValues = tokens > residual ? (tokens - residual) * channels : 0;
  return {
    keys: part(k.slice(0, cutKeys), i => Math.floor(i / channels / groupSize) * channels + (i % channels)),
    values: part(v.slice(0, cutValues), i => Math.floor(i / groupSize)),
    recentKeys: Float32Array.from(k.slice(cutKeys)),
    recentValues: Float32Array.from(v.slice(cutValues)),
  };
}
