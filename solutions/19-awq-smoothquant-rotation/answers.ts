import * as tf from '@tensorflow/tfjs-node-gpu';
import type {ActivationAware, AwqOptions, Folded, Grouped} from '../../exercises/19-awq-smoothquant-rotation/interface.ts';

/** The lesson's own: each weight to its nearest grid point, a scale for each group of neighbouring inputs. */
export function plainGroups(w: tf.Tensor2D, {bits, groupSize}: AwqOptions): Grouped {
  return tf.tidy(() => {
    const limit = 2 ** (bits - 1) - 1;
    const [outputs, inputs] = w.shape;
    const grouped = w.reshape([outputs, inputs / groupSize, groupSize]);
    const scales = grouped.abs().max(2).div(limit).maximum(1e-12) as tf.Tensor2D; // [outputs, groups]
    const codes = grouped.div(scales.expandDims(2)).round().toInt().reshape([outputs, inputs]) as tf.Tensor2D;
    return {codes, scales};
  });
}

/** The lesson's own: scale · code. */
export function restoreGroups({codes, scales}: Grouped): tf.Tensor2D {
  return tf.tidy(() => {
    const [outputs, inputs] = codes.shape;
    const groups = scales.shape[1];
    const grouped = codes.toFloat().reshape([outputs, groups, inputs / groups]);
    return grouped.mul(scales.expandDims(2)).reshape([outputs, inputs]) as tf.Tensor2D;
  });
}

/** (x / s) · (w · s)ᵀ = x · wᵀ. Dividing activations costs nothing at run time: the normalization before does it, if its gain AND its bias are divided. */
export function foldScales(gain: tf.Tensor1D, bias: tf.Tensor1D, w: tf.Tensor2D, s: tf.Tensor1D): Folded {
  return {gain: gain.div(s), bias: bias.div(s), w: w.mul(s)}; // s [inputs] goes along the rows of w
}

/**
 * Inputs that are loud on average get finer steps: their weights are multiplied by s before rounding and divided by it afterwards.
 * Too much of it makes the group's step wider for all others, so twenty exponents are tried, and the output error decides.
 */
export function awq(w: tf.Tensor2D, x: tf.Tensor2D, options: AwqOptions): ActivationAware {
  return tf.tidy(() => {
    const mean = x.abs().mean(0); // [inputs]
    const exact = x.matMul(w, false, true);
    let best: ActivationAware | undefined;
    let least = Infinity;
    for (let step = 0; step < 20; step++) {
      const s = mean.pow(step / 20).maximum(1e-4) as tf.Tensor1D;
      const grouped = plainGroups(w.mul(s) as tf.Tensor2D, options);
      const restored = restoreGroups(grouped).div(s) as tf.Tensor2D;
      const loss = x.matMul(restored, false, true).sub(exact).square().mean().dataSync()[0]!;
      if (loss < least) [best, least] = [{...grouped, s}, loss];
    }
    return {...best!};
  });
}

/** s = max|x|^α / max|w|^(1 − α), input by input: at α = 0.5 both sides have the same maxima afterwards. */
export function smoothingScales(x: tf.Tensor2D, w: tf.Tensor2D, alpha: number): tf.Tensor1D {
  return tf.tidy(() => {
    const xMax = x.abs().max(0); // over samples → [inputs]
    const wMax = w.abs().max(0); // over outputs → [inputs]
    const scales = xMax.pow(alpha).div(wMax.pow(1 - alpha));
    // Where one of them is always 0 there is nothing to move.
    return tf.where(tf.logicalAnd(xMax.greater(0), wMax.greater(0)), scales, tf.onesLike(scales)) as tf.Tensor1D;
  });
}

/** log2(n) rounds of sums and differences of halves, n additions each; the matrix itself is never made. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [rows, n] = x.shape;
    let rotated: tf.Tensor = x;
    for (let half = 1; half < n; half *= 2) {
      const [a, b] = rotated.reshape([rows, n / (2 * half), 2, half]).unstack(2); // neighbouring runs of `half`
      rotated = tf.stack([a!.add(b!), a!.sub(b!)], 2);
    }
    return rotated.reshape([rows, n]).div(Math.sqrt(n)) as tf.Tensor2D;
  });
}
