import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ActivationAware, AwqOptions} from '../../../exercises/19-awq-smoothquant-rotation/interface.ts';
import {plainGroups, restoreGroups} from '../answers.ts';

export * from '../answers.ts';

/** As the published code: scales are divided by the geometric mean of the largest and the smallest, so that weights keep their size about; forty exponents. */
export function awq(w: tf.Tensor2D, x: tf.Tensor2D, options: AwqOptions): ActivationAware {
  return tf.tidy(() => {
    const mean = x.abs().mean(0);
    const tries = Array.from({length: 41}, (_, step) => {
      const raw = mean.pow(step / 40).maximum(1e-4);
      const s = raw.div(raw.max().mul(raw.min()).sqrt()) as tf.Tensor1D;
      const grouped = plainGroups(w.mul(s) as tf.Tensor2D, options);
      const off = restoreGroups(grouped).div(s).sub(w) as tf.Tensor2D;
      return {...grouped, s, loss: x.matMul(off, false, true).square().sum().dataSync()[0]!};
    });
    const {codes, scales, s} = tries.reduce((best, other) => (other.loss < best.loss ? other : best));
    return {codes, scales, s};
  });
}
