import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dynamicLinear', check: 'gives what the integers give'};

/** A symmetric grid wastes the half of its codes that a lopsided batch does not reach. */
export function dynamicLinear(x: tf.Tensor2D, {codes, scales, bias}: Int8Layer): tf.Tensor2D {
  return tf.tidy(() => {
    const absMax = x.abs().max().dataSync()[0]!;
    const scale = absMax === 0 ? 1 : absMax / 127;
    const sums = x.div(scale).round().matMul(codes.toFloat());
    return sums.mul(scales.mul(scale)).add(bias) as tf.Tensor2D;
  });
}
