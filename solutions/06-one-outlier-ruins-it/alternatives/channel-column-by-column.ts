import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

/** Cuts the matrix into columns, quantizes each as in lesson 04, and puts them together again; scales stay [1, outputs]. */
export function quantizePerChannel(weights: tf.Tensor2D): QuantizedMatrix {
  return tf.tidy(() => {
    const parts = tf.split(weights, weights.shape[1], 1).map(column => {
      const absMax = Math.max(column.max().dataSync()[0]!, -column.min().dataSync()[0]!);
      const scale = absMax / 127 || 0.5;
      return {
        codes: column
          .mul(1 / scale)
          .round()
          .clipByValue(-127, 127)
          .toInt(),
        scale,
      };
    });
    return {
      codes: tf.concat(
        parts.map(part => part.codes),
        1,
      ),
      scales: tf.tensor2d([parts.map(part => part.scale)]),
    };
  });
}
