import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';

export * from '../answers.ts';

/** Gathers elements from a table and multiplies by a column of scales. */
export function dequantizeMxfp4({shape, packed, scales}: Mxfp4): tf.Tensor {
  return tf.tidy(() => {
    const bytes = tf.tensor1d(Int32Array.from(packed), 'int32');
    const high = bytes.floorDiv(tf.scalar(16, 'int32'));
    const codes = tf.stack([bytes.sub(high.mul(tf.scalar(16, 'int32'))), high], 1).toInt();
    const table = tf.tensor1d([0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6]);
    const factors = tf.tensor2d(
      Array.from(scales, byte => 2 ** (byte - 127)),
      [scales.length, 1],
    );
    return table
      .gather(codes.flatten())
      .reshape([-1, 32])
      .mul(factors)
      .reshape([...shape]);
  });
}
