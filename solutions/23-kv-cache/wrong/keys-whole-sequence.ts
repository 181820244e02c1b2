import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeKeys', check: 'later tokens change nothing that was quantized before'};

/** One range for all tokens: each new token changes it, and with it the codes of all before. */
export function quantizeKeys(keys: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = keys.dataSync();
  const channels = keys.shape[1];
  const count = channels;
  const whole = quantizeGroups(x, {bits, groupSize: x.length / count}, i => i % channels);
  const repeat = (numbers: Float32Array): Float32Array =>
    Float32Array.from({length: x.length / groupSize}, (_, group) => numbers[group % count]!);
  return {codes: whole.codes, scales: repeat(whole.scales), minima: repeat(whole.minima)};
}
