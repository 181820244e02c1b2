import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Quantized} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeInt8', check: 'any shape and any magnitude works'};

/** A constant against division by zero that drowns small values. */
export function quantizeInt8(x: tf.Tensor): Quantized {
  const scale = x.abs().max().dataSync()[0]! / 127 + 1e-5;
  return {codes: x.div(scale).round().toInt(), scale};
}
