import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QuantizedLayer} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'correctBias', check: 'on hidden digits the scores are right on average'};

/** The biases as they were. */
export function correctBias(_model: readonly FloatLayer[], quantized: readonly QuantizedLayer[], _calibration: tf.Tensor2D): tf.Tensor1D[] {
  return quantized.map(({bias}) => tf.clone(bias));
}
