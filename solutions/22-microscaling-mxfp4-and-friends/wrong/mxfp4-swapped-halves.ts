import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';
import {encodeE2M1, packNibbles} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeMxfp4', check: 'codes are the nearest elements, the first in the lower half of its byte'};

/** The first code in the upper half of the byte. */
export function quantizeMxfp4(x: tf.Tensor): Mxfp4 {
  const blocks = tf.tidy(() => x.reshape([-1, 32]).abs().max(1).dataSync()); // one largest magnitude a block
  const exponents = Array.from(blocks, absMax => (absMax === 0 ? -127 : Math.max(Math.floor(Math.log2(absMax)) - 2, -127)));
  const codes = tf.tidy(() => {
    const factors = tf.tensor2d(
      exponents.map(exponent => 2 ** exponent),
      [exponents.length, 1],
    );
    return encodeE2M1(x.reshape([-1, 32]).div(factors)).dataSync();
  });
  return {
    shape: x.shape,
    packed: packNibbles(codes.map((_, i) => codes[i ^ 1]!)),
    scales: Uint8Array.from(exponents, exponent => exponent + 127),
  };
}
