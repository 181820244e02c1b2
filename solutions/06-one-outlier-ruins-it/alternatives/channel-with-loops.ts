import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

/** Loops over plain arrays, one column at a time. */
export function quantizePerChannel(weights: tf.Tensor2D): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  const w = weights.dataSync();
  const codes = new Int32Array(w.length);
  const scales = new Float32Array(outputs);
  for (let column = 0; column < outputs; column++) {
    let absMax = 0;
    for (let row = 0; row < inputs; row++) absMax = Math.max(absMax, Math.abs(w[row * outputs + column]!));
    const scale = absMax > 0 ? absMax / 127 : 1;
    scales[column] = scale;
    for (let row = 0; row < inputs; row++) codes[row * outputs + column] = Math.round(w[row * outputs + column]! / scale);
  }
  return {codes: tf.tensor2d(codes, [inputs, outputs], 'int32'), scales: tf.tensor1d(scales)};
}
