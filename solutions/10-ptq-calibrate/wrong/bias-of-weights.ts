import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, QuantizedLayer} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'correctBias', check: 'on hidden digits the scores are right on average'};

/** The mean error of the weights, as if every input were 1. */
export function correctBias(model: readonly FloatLayer[], quantized: readonly QuantizedLayer[], calibration: tf.Tensor2D): tf.Tensor1D[] {
  return tf.tidy(() =>
    quantized.map(({codes, scale, bias}, i) => {
      const error = tf.sub(model[i]!.kernel, tf.mul(tf.cast(codes, 'float32'), scale));
      return tf.add(bias, tf.mul(tf.sum(error, 0), calibration.shape[0] > 0 ? 1 : 0)) as tf.Tensor1D;
    }),
  );
}
