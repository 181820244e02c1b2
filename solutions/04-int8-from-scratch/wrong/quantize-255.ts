import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Quantized} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeInt8', check: 'the scale is the largest magnitude over 127'};

/** The full range over 255 for a scale from one side: half of what is needed. */
export function quantizeInt8(x: tf.Tensor): Quantized {
  const absMax = x.abs().max().dataSync()[0]!;
  const scale = absMax === 0 ? 1 : absMax / 255;
  return {codes: x.div(scale).round().clipByValue(-127, 127).toInt(), scale};
}
