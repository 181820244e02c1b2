import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CacheOptions, Packed, Quantized, QuantizedCache} from '../../../exercises/23-kv-cache/interface.ts';
import {pack, quantizeKeys, quantizeValues} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizedCache', check: 'no future token in any scale'};

/** Scales from all keys that have come so far: the newest token changes old codes. */
export function quantizedCache(keys: tf.Tensor2D, values: tf.Tensor2D, {residual, ...grid}: CacheOptions): QuantizedCache {
  const [tokens, channels] = keys.shape;
  const [oldKeys, oldValues] = [tokens - (tokens % residual), Math.max(tokens - residual, 0)];
  const packed = ({codes, scales, minima}: Quantized): Packed => ({packed: pack(codes, grid.bits), scales, minima});
  const old = [keys.slice([0, 0], [oldKeys, channels]), values.slice([0, 0], [oldValues, channels])] as const;
  const all = (): Quantized => {
    const {codes, scales, minima} = quantizeKeys(old[0], grid);
    const x = keys.dataSync();
    const range = (channel: number): number[] => Array.from({length: tokens}, (_, t) => x[t * channels + channel]!);
    const least = Float32Array.from({length: channels}, (_, channel) => Math.min(...range(channel)));
    const steps = least.map((min, channel) => (Math.max(...range(channel)) - min) / (2 ** grid.bits - 1));
    return {
      codes: codes.map((_, i) => Math.round((x[i]! - least[i % channels]!) / (steps[i % channels]! || 1))),
      scales: scales.map((_, group) => steps[group % channels]!),
      minima: minima.map((_, group) => least[group % channels]!),
    };
  };
  const cache = {
    keys: packed(all()),
    values: packed(quantizeValues(old[1], grid)),
    recentKeys: (keys.dataSync() as Float32Array).slice(oldKeys * channels),
    recentValues: (values.dataSync() as Float32Array).slice(oldValues * channels),
  };
  tf.dispose([...old]);
  return cache;
}
