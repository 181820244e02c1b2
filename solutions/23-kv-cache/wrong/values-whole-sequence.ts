import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeValues', check: 'later tokens change nothing that was quantized before'};

/** One range for all tokens: each new token changes it, and with it the codes of all before. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const channels = values.shape[1];
  const count = channels / groupSize;
  const whole = quantizeGroups(x, {bits, groupSize: x.length / count}, i => Math.floor((i % channels) / groupSize));
  const repeat = (numbers: Float32Array): Float32Array =>
    Float32Array.from({length: x.length / groupSize}, (_, group) => numbers[group % count]!);
  return {codes: whole.codes, scales: repeat(whole.scales), minima: repeat(whole.minima)};
}
