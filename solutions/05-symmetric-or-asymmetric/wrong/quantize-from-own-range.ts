import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantize', check: 'codes are the nearest steps, counted from the zero point'};

/** Makes a grid from the values’ own minimum and maximum in place of the one given. */
export function quantize(x: tf.Tensor, {qmin, qmax}: Grid): tf.Tensor {
  const [min, max] = [x.min().dataSync()[0]!, x.max().dataSync()[0]!];
  const scale = (max - min) / (qmax - qmin) || 1;
  return x.sub(min).div(scale).round().add(qmin).clipByValue(qmin, qmax).toInt();
}
