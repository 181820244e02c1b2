import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {inverseFactor} from '../answers.ts';

export * from '../answers.ts';

/** All outputs at once: a column of weights, a column of errors, an outer product with the row of U. */
export function quantizeColumns(w: tf.Tensor2D, h: tf.Tensor2D, bits: number): QuantizedWeights {
  return tf.tidy(() => {
    const limit = 2 ** (bits - 1) - 1;
    const u = inverseFactor(h.arraySync());
    const absMax = w.abs().max(1, true); // [outputs, 1]
    const scales = tf.where(absMax.greater(0), absMax.div(limit), tf.onesLike(absMax)) as tf.Tensor2D;
    let rest = w;
    const codes = u.map((row, i) => {
      const column = rest.slice([0, 0], [-1, 1]);
      const code = column.div(scales).round().clipByValue(-limit, limit);
      const error = column.sub(code.mul(scales)).div(row[i]!);
      if (i + 1 < u.length) rest = rest.slice([0, 1], [-1, -1]).sub(error.matMul(tf.tensor2d([row.slice(i + 1)])));
      return code;
    });
    return {codes: tf.concat(codes, 1).toInt() as tf.Tensor2D, scales};
  });
}
