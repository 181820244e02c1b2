import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';

export * from '../answers.ts';

/** Takes each code apart: one bit of sign, two of exponent, one of mantissa. With exponent 0 there is no hidden 1. */
export function dequantizeMxfp4({shape, packed, scales}: Mxfp4): tf.Tensor {
  const values = new Float32Array(2 * packed.length);
  packed.forEach((byte, i) => {
    [byte & 15, byte >> 4].forEach((code, half) => {
      const exponent = (code >> 1) & 3;
      const mantissa = (code & 1) / 2;
      const magnitude = exponent === 0 ? mantissa : (1 + mantissa) * 2 ** (exponent - 1);
      const at = 2 * i + half;
      values[at] = (code & 8 ? -magnitude : magnitude) * 2 ** (scales[at >> 5]! - 127);
    });
  });
  return tf.tensor(values, Array.from(shape));
}
