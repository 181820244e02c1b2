import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Grid, Packed, Quantized, QuantizedCache} from '../../exercises/23-kv-cache/interface.ts';

/** Codes, scales and minima; `groupOf` says which group the element at a place belongs to. */
export function quantizeGroups(x: ArrayLike<number>, {bits, groupSize}: Grid, groupOf: (place: number) => number): Quantized {
  const groups = x.length / groupSize;
  const [minima, maxima] = [new Float32Array(groups).fill(Infinity), new Float32Array(groups).fill(-Infinity)];
  for (let i = 0; i < x.length; i++) {
    const group = groupOf(i);
    minima[group] = Math.min(minima[group]!, x[i]!);
    maxima[group] = Math.max(maxima[group]!, x[i]!);
  }
  const scales = maxima.map((max, group) => (max - minima[group]!) / (2 ** bits - 1));
  // A range of 0: every number is the minimum, and its code is 0.
  const codes = Uint8Array.from(x, (value, i) => Math.round((value - minima[groupOf(i)]!) / (scales[groupOf(i)]! || 1)));
  return {codes, scales, minima};
}

/** A group is one channel of `groupSize` tokens: an outlier channel has scales of its own and spoils no other. */
export function quantizeKeys(keys: tf.Tensor2D, grid: Grid): Quantized {
  const channels = keys.shape[1];
  const groupOf = (i: number): number => Math.floor(i / (channels * grid.groupSize)) * channels + (i % channels);
  return quantizeGroups(keys.dataSync(), grid, groupOf);
}

/** A group is `groupSize` neighbouring channels of one token: a token needs no other. */
export function quantizeValues(values: tf.Tensor2D, grid: Grid): Quantized {
  return quantizeGroups(values.dataSync(), grid, i => Math.floor(i / grid.groupSize));
}

/** Several codes to a byte, the first in the lowest bits. */
export function pack(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array((codes.length * bits) / 8);
  codes.forEach((code, i) => (packed[Math.floor((i * bits) / 8)]! |= code << ((i * bits) % 8)));
  return packed;
}

/** Keys leave the window `residual` at a time, values one by one. What has left depends on no token that came later. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {residual, ...grid}: CacheOptions): QuantizedCache {
  const [tokens, channels] = keys.shape;
  const [oldKeys, oldValues] = [tokens - (tokens % residual), Math.max(tokens - residual, 0)];
  const packed = ({codes, scales, minima}: Quantized): Packed => ({packed: pack(codes, grid.bits), scales, minima});
  const old = [keys.slice([0, 0], [oldKeys, channels]), values.slice([0, 0], [oldValues, channels])] as const;
  const cache = {
    keys: packed(quantizeKeys(old[0], grid)),
    values: packed(quantizeValues(old[1], grid)),
    recentKeys: (keys.dataSync() as Float32Array).slice(oldKeys * channels),
    recentValues: (values.dataSync() as Float32Array).slice(oldValues * channels),
  };
  tf.dispose([...old]);
  return cache;
}
