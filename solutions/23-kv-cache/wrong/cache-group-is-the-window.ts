import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Packed, Quantized, QuantizedCache} from '../../../exercises/23-kv-cache/interface.ts';
import {pack, quantizeKeys, quantizeValues} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizedCache', check: 'bytes: all that is stored, and nothing twice'};

/** One scale for all keys that leave the window together: `groupSize` is forgotten. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {residual, ...grid}: CacheOptions): QuantizedCache {
  const [tokens, channels] = keys.shape;
  const [oldKeys, oldValues] = [tokens - (tokens % residual), Math.max(tokens - residual, 0)];
  const packed = ({codes, scales, minima}: Quantized): Packed => ({packed: pack(codes, grid.bits), scales, minima});
  const old = [keys.slice([0, 0], [oldKeys, channels]), values.slice([0, 0], [oldValues, channels])] as const;
  const cache = {
    keys: packed(quantizeKeys(old[0], {...grid, groupSize: residual})),
    values: packed(quantizeValues(old[1], grid)),
    recentKeys: (keys.dataSync() as Float32Array).slice(oldKeys * channels),
    recentValues: (values.dataSync() as Float32Array).slice(oldValues * channels),
  };
  tf.dispose([...old]);
  return cache;
}
