import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Errors, Quantized} from '../../exercises/04-int8-from-scratch/interface.ts';

/**
 * The largest magnitude gets code ±127, everything else the nearest of the 255 codes between.
 * tf.round sends ties to the even number, as PyTorch and NumPy do. No clamp is needed: |x| / scale is never above 127.
 */
export function quantizeInt8(x: tf.Tensor): Quantized {
  const absMax = tf.tidy(() => x.abs().max().dataSync()[0]!);
  // All zeros: any positive scale is right, and 0 / 0 would be NaN.
  const scale = absMax === 0 ? 1 : absMax / 127;
  return {codes: tf.tidy(() => x.div(scale).round().toInt()), scale};
}

/** Each code counts steps of width `scale` from zero. The codes are integers, so they become float32 first. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return tf.tidy(() => codes.toFloat().mul(scale));
}

/** Distances have no sign: too small by 0.1 is as far off as too large by 0.1. */
export function errors(original: tf.Tensor, restored: tf.Tensor): Errors {
  return tf.tidy(() => {
    const distance = original.sub(restored).abs();
    return {max: distance.max().dataSync()[0]!, mean: distance.mean().dataSync()[0]!};
  });
}

/**
 * What a network passes on is its outputs, so they are compared, not the weights: ‖xW − xŴ‖ / ‖xW‖.
 * One number for the whole output: squares are added over all elements, the root is taken once.
 */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  return tf.tidy(() => {
    const exact = x.matMul(weights); // [batch, inputs] · [inputs, outputs] → [batch, outputs]
    const approximate = x.matMul(restored);
    return exact.sub(approximate).norm().div(exact.norm()).dataSync()[0]!;
  });
}
