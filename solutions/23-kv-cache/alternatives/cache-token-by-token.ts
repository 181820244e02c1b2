import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Packed, Quantized, QuantizedCache} from '../../../exercises/23-kv-cache/interface.ts';
import {pack, quantizeKeys, quantizeValues} from '../answers.ts';

export * from '../answers.ts';

/** As it happens: tokens come one by one, windows fill, and what leaves them is appended. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {residual, ...grid}: CacheOptions): QuantizedCache {
  const [tokens, channels] = keys.shape;
  const [k, v] = [keys.dataSync(), values.dataSync()];
  let [recentKeys, recentValues]: [number[], number[]] = [[], []];
  const stored = {keys: [] as Packed[], values: [] as Packed[]};
  const leave = (kind: 'keys' | 'values', floats: readonly number[]): void => {
    const x = tf.tensor2d([...floats], [floats.length / channels, channels]);
    const {codes, scales, minima}: Quantized = kind === 'keys' ? quantizeKeys(x, grid) : quantizeValues(x, grid);
    stored[kind].push({packed: pack(codes, grid.bits), scales, minima});
    x.dispose();
  };
  for (let token = 0; token < tokens; token++) {
    recentKeys.push(...k.slice(token * channels, (token + 1) * channels));
    recentValues.push(...v.slice(token * channels, (token + 1) * channels));
    if (recentKeys.length === residual * channels) {
      leave('keys', recentKeys);
      recentKeys = [];
    }
    if (recentValues.length > residual * channels) {
      leave('values', recentValues.slice(0, channels));
      recentValues = recentValues.slice(channels);
    }
  }
  const joined = (parts: readonly Packed[]): Packed => ({
    packed: Uint8Array.from(parts.flatMap(({packed}) => [...packed])),
    scales: Float32Array.from(parts.flatMap(({scales}) => [...scales])),
    minima: Float32Array.from(parts.flatMap(({minima}) => [...minima])),
  });
  return {
    keys: joined(stored.keys),
    values: joined(stored.values),
    recentKeys: Float32Array.from(recentKeys),
    recentValues: Float32Array.from(recentValues),
  };
}
