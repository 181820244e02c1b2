import * as tf from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {type Granularity, perAxis} from '../affine/granularity.ts';
import {type QType, signed} from '../formats/qtype.ts';
import {atLeast} from './at-least.ts';
import {fakeQuantize, fakeQuantizeLearned} from './fake-quantize.ts';

/**
 * How a weight's scale is found, anew at every step but for the learned one.
 * `absMax`: max|w| / qmax, nothing is clipped. `lsq`: 2 · mean|w| / √qmax, which clips the few large weights so that the many small ones survive at
 * few bits. `learned`: begins as `lsq` and is trained (LSQ, Esser et al. 2020).
 */
export type WeightScale = 'absMax' | 'lsq' | 'learned';

/** A symmetric signed grid for a layer's weights: −2^(bits−1) … 2^(bits−1) − 1, zero point 0. */
export interface KernelQuantization {
  /** 2 to 16. */
  readonly bits: number;
  /** `perAxis(-1)`, the default: a scale for each output channel; `perTensor`: one for all. */
  readonly granularity?: Granularity;
  readonly scale?: WeightScale;
}

/** Snaps a layer's float weights to their grid while the float ones behind it are trained. */
export class WeightQuantizer {
  readonly qtype: QType;
  readonly granularity: Granularity;
  readonly scale: WeightScale;
  /** False lets the weights through in float, as calibration does. */
  enabled = true;
  private learned: LayerVariable | undefined;

  /**
   * @param channelAxes how many of the kernel's last axes make the output channels: 1, of a depthwise kernel 2
   * @throws RangeError outside 2 to 16 bits, or at a granularity that is neither `perTensor` nor `perAxis(-1)`
   */
  constructor(
    {bits, granularity = perAxis(-1), scale = 'absMax'}: KernelQuantization,
    private readonly channelAxes: number,
  ) {
    this.qtype = signed(bits);
    if (granularity.per === 'group' || (granularity.per === 'axis' && granularity.axis !== -1))
      throw new RangeError(
        `Expected perTensor or perAxis(-1), the output channels, for a layer's weights, got ${JSON.stringify(granularity)}; quantize() has the others`,
      );
    if (!['absMax', 'lsq', 'learned'].includes(scale))
      throw new RangeError(`Expected the scale to be absMax, lsq or learned, got ${JSON.stringify(scale)}`);
    this.granularity = granularity;
    this.scale = scale;
  }

  /** The scales' shape, which broadcasts against the kernel: [1, 1, 1, filters] for [height, width, channels, filters]. */
  scaleShape(kernel: readonly (number | null)[]): number[] {
    const shared = this.granularity.per === 'tensor' ? kernel.length : kernel.length - this.channelAxes;
    return kernel.map((n, axis) => (axis < shared ? 1 : n!));
  }

  /** Takes the variable whose values are the learned scales, and begins it. */
  learn(variable: LayerVariable, kernel: tf.Tensor): void {
    this.learned = variable;
    this.begin(kernel);
  }

  /** Sets learned scales to where `lsq` would put them; nothing otherwise. */
  begin(kernel: tf.Tensor): void {
    if (this.learned) tf.tidy(() => void this.learned!.write(this.lsq(kernel)));
  }

  /** scale · clip(round(kernel / scale), qmin, qmax), with its gradients. */
  snap(kernel: tf.Tensor): tf.Tensor {
    if (!this.enabled) return kernel;
    const {qmin, qmax} = this.qtype;
    const scale = this.scaleOf(kernel);
    return this.learned
      ? fakeQuantizeLearned(kernel, scale, {zeroPoint: 0, qmin, qmax})
      : fakeQuantize(kernel, {scale, zeroPoint: 0, qmin, qmax});
  }

  /** The codes (int32, shaped like the kernel) and scales that `snap` computes with; the caller disposes them. */
  codes(kernel: tf.Tensor): {codes: tf.Tensor; scale: tf.Tensor} {
    return tf.tidy(() => {
      const scale = this.scaleOf(kernel);
      const steps = tf.round(tf.mul(kernel, tf.reciprocal(scale)));
      return {codes: tf.cast(tf.clipByValue(steps, this.qtype.qmin, this.qtype.qmax), 'int32'), scale};
    });
  }

  private scaleOf(kernel: tf.Tensor): tf.Tensor {
    if (this.learned) return atLeast(this.learned.read(), leastLearned);
    if (this.scale === 'lsq') return this.lsq(kernel);
    return tf.maximum(tf.div(tf.max(tf.abs(kernel), this.sharedAxes(kernel), true), this.qtype.qmax), leastNormal);
  }

  private lsq(kernel: tf.Tensor): tf.Tensor {
    return tf.maximum(tf.mul(tf.mean(tf.abs(kernel), this.sharedAxes(kernel), true), 2 / Math.sqrt(this.qtype.qmax)), leastLearned);
  }

  /** The axes along which the kernel shares a scale. */
  private sharedAxes(kernel: tf.Tensor): number[] {
    return this.scaleShape(kernel.shape).flatMap((n, axis) => (n === 1 ? [axis] : []));
  }
}

const leastLearned = 1e-8;
/** Of float32: the least that has a finite inverse. It stands for the scale of weights that are all zero. */
const leastNormal = 2 ** -126;
