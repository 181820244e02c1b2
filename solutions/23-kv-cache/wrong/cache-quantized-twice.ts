import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Packed, Quantized, QuantizedCache} from '../../../exercises/23-kv-cache/interface.ts';
import {pack, quantizeKeys, quantizeValues} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizedCache', check: 'what is quantized is what was quantized when it left the window'};

/** Values pass through the grid of the keys on their way: each rounding adds its error. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {residual, ...grid}: CacheOptions): QuantizedCache {
  const [tokens, channels] = keys.shape;
  const [oldKeys, oldValues] = [tokens - (tokens % residual), Math.max(tokens - residual, 0)];
  const packed = ({codes, scales, minima}: Quantized): Packed => ({packed: pack(codes, grid.bits), scales, minima});
  const old = [keys.slice([0, 0], [oldKeys, channels]), values.slice([0, 0], [oldValues, channels])] as const;
  const whole = oldValues - (oldValues % grid.groupSize);
  const first = values.slice([0, 0], [whole, channels]) as tf.Tensor2D;
  const once = quantizeKeys(first, grid);
  const rounded = values.dataSync().slice(0, oldValues * channels);
  for (let i = 0; i < whole * channels; i++) {
    const group = Math.floor(i / (channels * grid.groupSize)) * channels + (i % channels);
    rounded[i] = once.codes[i]! * once.scales[group]! + once.minima[group]!;
  }
  const twice = tf.tensor2d(rounded, [oldValues, channels]);
  const cache = {
    keys: packed(quantizeKeys(old[0], grid)),
    values: packed(quantizeValues(twice, grid)),
    recentKeys: (keys.dataSync() as Float32Array).slice(oldKeys * channels),
    recentValues: (values.dataSync() as Float32Array).slice(oldValues * channels),
  };
  tf.dispose([...old, first, twice]);
  return cache;
}
