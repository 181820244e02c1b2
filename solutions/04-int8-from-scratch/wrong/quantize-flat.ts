import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Quantized} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeInt8', check: 'any shape and any magnitude works'};

/** Works for a list of numbers only. */
export function quantizeInt8(x: tf.Tensor): Quantized {
  const absMax = x.abs().max().dataSync()[0]!;
  const scale = absMax === 0 ? 1 : absMax / 127;
  return {
    codes: tf.tensor1d(
      Array.from(x.dataSync(), value => Math.round(value / scale)),
      'int32',
    ),
    scale,
  };
}
