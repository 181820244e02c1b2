import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Quantized} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeInt8', check: 'the input is left as it was'};

/** Tidies up a tensor that belongs to the caller. */
export function quantizeInt8(x: tf.Tensor): Quantized {
  const absMax = x.abs().max().dataSync()[0]!;
  const scale = absMax === 0 ? 1 : absMax / 127;
  const codes = x.div(scale).round().toInt();
  x.dispose();
  return {codes, scale};
}
