import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';
import {encodeE2M1, packNibbles} from '../answers.ts';

export * from '../answers.ts';

/** No logarithm: halve or double the scale until the largest magnitude lies in 4 … 8. A block of zeros keeps a scale of 1. */
export function quantizeMxfp4(x: tf.Tensor): Mxfp4 {
  return tf.tidy(() => {
    const blocks = x.reshape([-1, 32]).unstack();
    const exponents = blocks.map(block => {
      const absMax = Math.max(...block.abs().dataSync());
      let exponent = 0;
      while (absMax > 0 && absMax / 2 ** exponent >= 8) exponent++;
      while (absMax > 0 && exponent > -127 && absMax / 2 ** exponent < 4) exponent--;
      return exponent;
    });
    const codes = blocks.flatMap((block, i) => Array.from(encodeE2M1(block.mul(2 ** -exponents[i]!)).dataSync()));
    return {shape: x.shape, packed: packNibbles(codes), scales: Uint8Array.from(exponents, exponent => exponent + 127)};
  });
}
