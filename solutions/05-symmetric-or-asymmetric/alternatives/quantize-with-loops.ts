import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

/** A loop over plain arrays; Math.round sends ties up, which is one of the two usual roundings. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  const codes = Int32Array.from(x.dataSync(), value => Math.min(Math.max(Math.round(value / scale) + zeroPoint, qmin), qmax));
  return tf.tensor(codes, x.shape, 'int32');
}
