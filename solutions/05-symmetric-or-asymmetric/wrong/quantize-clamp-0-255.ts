import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'codes are the nearest steps, counted from the zero point'};

/** Clamps to the codes of uint8, whatever the grid’s are. */
export function quantize(x: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return x.div(scale).round().add(zeroPoint).clipByValue(0, 255).toInt();
}
