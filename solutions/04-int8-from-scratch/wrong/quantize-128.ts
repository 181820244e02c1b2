import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Quantized} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeInt8', check: 'the scale is the largest magnitude over 127'};

/** 128 for 127: int8 has −128, but symmetric quantization does not use it. */
export function quantizeInt8(x: tf.Tensor): Quantized {
  const absMax = x.abs().max().dataSync()[0]!;
  const scale = absMax === 0 ? 1 : absMax / 128;
  return {codes: x.div(scale).round().clipByValue(-127, 127).toInt(), scale};
}
