import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Packed, Quantized, QuantizedCache} from '../../../exercises/23-kv-cache/interface.ts';
import {pack, quantizeKeys, quantizeValues} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizedCache', check: 'what is quantized is what was quantized when it left the window'};

/** The first code in the highest bits of a byte. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {residual, ...grid}: CacheOptions): QuantizedCache {
  const [tokens, channels] = keys.shape;
  const [oldKeys, oldValues] = [tokens - (tokens % residual), Math.max(tokens - residual, 0)];
  const packed = ({codes, scales, minima}: Quantized): Packed => ({
    packed: pack(codes, grid.bits).map(byte =>
      grid.bits === 4 ? (byte >> 4) | (byte << 4) : ((byte & 3) << 6) | ((byte & 12) << 2) | ((byte & 48) >> 2) | (byte >> 6),
    ),
    scales,
    minima,
  });
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
