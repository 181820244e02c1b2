import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedMatrix} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

/** Loops over plain arrays: the group of a row is row / groupSize, rounded down. */
export function quantizePerGroup(weights: tf.Tensor2D, groupSize: number): QuantizedMatrix {
  const [inputs, outputs] = weights.shape;
  const w = weights.dataSync();
  const scales = new Float32Array((inputs / groupSize) * outputs);
  const at = (i: number): number => Math.floor(Math.floor(i / outputs) / groupSize) * outputs + (i % outputs);
  w.forEach((value, i) => (scales[at(i)] = Math.max(scales[at(i)]!, Math.abs(value) / 127)));
  const codes = Int32Array.from(w, (value, i) => Math.round(value / (scales[at(i)] || 1)));
  return {
    codes: tf.tensor2d(codes, [inputs, outputs], 'int32'),
    scales: tf.tensor2d(
      Float32Array.from(scales, scale => scale || 1),
      [inputs / groupSize, outputs],
    ),
  };
}
