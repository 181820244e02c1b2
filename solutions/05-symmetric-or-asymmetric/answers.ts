import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Scheme} from '../../exercises/05-symmetric-or-asymmetric/interface.ts';

/**
 * Symmetric: the larger magnitude gets the highest code, zero the code 0.
 * Asymmetric: min gets the lowest code and max the highest, after the range was widened to hold zero; the zero point is rounded, so that zero itself is a grid point.
 */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const qmax = 2 ** (bits - 1) - 1;
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    // Only zeros: any positive scale is right, and 0 / 0 would be NaN.
    return {scale: absMax / qmax || 1, zeroPoint: 0, qmin: -qmax, qmax};
  }
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const qmax = 2 ** bits - 1;
  const scale = (high - low) / qmax || 1;
  // low is −low / scale steps below zero, and low has the code 0.
  return {scale, zeroPoint: Math.round(-low / scale), qmin: 0, qmax};
}

/** Steps from zero, rounded; then shifted by the zero point; then clamped, because only now is it a code. */
export function quantize(x: tf.Tensor, {scale, zeroPoint, qmin, qmax}: Grid): tf.Tensor {
  return tf.tidy(() => x.div(scale).round().add(zeroPoint).clipByValue(qmin, qmax).toInt());
}

/** The code's distance from the zero point, in steps, times the width of a step. At the zero point that is exactly 0. */
export function dequantize(codes: tf.Tensor, {scale, zeroPoint}: Grid): tf.Tensor {
  return tf.tidy(() => codes.toFloat().sub(zeroPoint).mul(scale));
}

/** Half of the levels unused is one bit wasted, three quarters are two: the base-2 logarithm of the ratio. */
export function wastedBits(codes: tf.Tensor, {qmin, qmax}: Grid): number {
  const [lowest, highest] = tf.tidy(() => [codes.min().dataSync()[0]!, codes.max().dataSync()[0]!]);
  return Math.log2((qmax - qmin + 1) / (highest - lowest + 1));
}
