import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nvfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';
import {encodeE2M1, encodeE4M3, decodeE4M3, packNibbles} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeNvfp4', check: 'each block of 16 has its E4M3 scale'};

/** The block’s scale is its largest magnitude, not a sixth of it: E4M3 saturates. */
export function quantizeNvfp4(x: tf.Tensor): Nvfp4 {
  const blocks = tf.tidy(() => x.reshape([-1, 16]).abs().max(1).dataSync());
  const tensorScale = Math.max(...blocks) / (448 * 6) || 1;
  const scales = Uint8Array.from(blocks, absMax => encodeE4M3(absMax / tensorScale) || 1);
  const codes = tf.tidy(() => {
    const factors = tf.tensor2d(
      Array.from(scales, code => decodeE4M3(code) * tensorScale),
      [scales.length, 1],
    );
    return encodeE2M1(x.reshape([-1, 16]).div(factors)).dataSync();
  });
  return {shape: x.shape, packed: packNibbles(codes), scales, tensorScale};
}
