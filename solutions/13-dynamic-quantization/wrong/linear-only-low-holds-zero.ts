import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Int8Layer} from '../../../exercises/13-dynamic-quantization/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dynamicLinear', check: 'zero stays within the range of a one-sided batch'};

/** The range is widened downward only: right behind a ReLU, wrong for a batch of negative values. */
export function dynamicLinear(x: tf.Tensor2D, {codes, scales, bias}: Int8Layer): tf.Tensor2D {
  return tf.tidy(() => {
    const low = Math.min(0, x.min().dataSync()[0]!);
    const high = x.max().dataSync()[0]!;
    const scale = high === low ? 1 : (high - low) / 255;
    const zeroPoint = Math.min(255, Math.max(0, Math.round(-low / scale)));
    const xCodes = x.div(scale).round().add(zeroPoint).clipByValue(0, 255);
    const sums = xCodes.sub(zeroPoint).matMul(codes.toFloat());
    return sums.mul(scales.mul(scale)).add(bias) as tf.Tensor2D;
  });
}
