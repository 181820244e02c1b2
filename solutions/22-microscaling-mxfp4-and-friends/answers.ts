import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4, Nvfp4} from '../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';

/** The lesson's own: two codes to a byte, the first in the lower half. */
export function packNibbles(codes: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({length: codes.length / 2}, (_, i) => codes[2 * i]! + 16 * codes[2 * i + 1]!);
}

/** The lesson's own: all numbers of E4M3 from 0 to 448, in the order of their codes. */
const e4m3: readonly number[] = Array.from({length: 127}, (_, code) =>
  code < 8 ? code * 2 ** -9 : (1 + (code % 8) / 8) * 2 ** (Math.floor(code / 8) - 7),
);

/** The lesson's own: the code of the E4M3 number nearest to x ≥ 0, the even code in the middle. */
export function encodeE4M3(x: number): number {
  let best = 0;
  e4m3.forEach((value, code) => {
    const closer = Math.abs(value - x) - Math.abs(e4m3[best]! - x);
    if (closer < 0 || (closer === 0 && code % 2 === 0)) best = code;
  });
  return best;
}

/** The lesson's own. */
export function decodeE4M3(code: number): number {
  return e4m3[code]!;
}

/**
 * Up to 2 the numbers are half a step apart, up to 4 one, up to 6 two: so divide by the step of the place, round, multiply again.
 * tf.round sends ties to the even number of steps, and that is the even code. Then each part of the line has its formula for the code.
 */
export function encodeE2M1(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const magnitude = x.abs().clipByValue(0, 6);
    const step = tf.where(magnitude.less(2), tf.scalar(0.5), tf.where(magnitude.less(4), tf.scalar(1), tf.scalar(2)));
    const value = magnitude.div(step).round().mul(step);
    const code = tf.where(value.less(2), value.mul(2), tf.where(value.less(4), value.add(2), value.div(2).add(4)));
    return code.add(x.less(0).mul(8)).toInt();
  });
}

/**
 * Each block of 32 gets the power of two that brings its largest magnitude between 4 and 8: ⌊log2 absMax⌋ − 2, since 6 = 1.5 · 2². What lies above 6 saturates.
 * Dividing by a power of two changes no digit, so that nothing is rounded but the elements.
 */
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
  return {shape: x.shape, packed: packNibbles(codes), scales: Uint8Array.from(exponents, exponent => exponent + 127)};
}

/** Unpack, look up, shift the exponent: no multiplication is needed that could round. */
export function dequantizeMxfp4({shape, packed, scales}: Mxfp4): tf.Tensor {
  const elements = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
  const values = Float32Array.from({length: 2 * packed.length}, (_, i) => {
    const byte = packed[Math.floor(i / 2)]!;
    const code = i % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
    return elements[code]! * 2 ** (scales[Math.floor(i / 32)]! - 127);
  });
  return tf.tensor(values, [...shape]);
}

/**
 * Two levels: one float32 number for the tensor, so that E4M3's narrow range fits, and one E4M3 number for each block of 16, so that the block's largest value
 * lands near 6. The codes are made with the scale as it is stored: rounded to E4M3.
 */
export function quantizeNvfp4(x: tf.Tensor): Nvfp4 {
  const blocks = tf.tidy(() => x.reshape([-1, 16]).abs().max(1).dataSync());
  const tensorScale = Math.max(...blocks) / (448 * 6) || 1;
  const scales = Uint8Array.from(blocks, absMax => encodeE4M3(absMax / 6 / tensorScale) || 1);
  const codes = tf.tidy(() => {
    const factors = tf.tensor2d(
      Array.from(scales, code => decodeE4M3(code) * tensorScale),
      [scales.length, 1],
    );
    return encodeE2M1(x.reshape([-1, 16]).div(factors)).dataSync();
  });
  return {shape: x.shape, packed: packNibbles(codes), scales, tensorScale};
}
