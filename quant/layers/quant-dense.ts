import * as tf from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {classOf, quantized, type QuantizerConfig} from './quantized-layer.ts';

/** What `tf.layers.dense` is configured with, and how to quantize. */
export type QuantDenseConfig = Parameters<typeof layers.dense>[0] & QuantizerConfig;

/** A layer's weights as they are shipped: kernel = scale · codes. */
export interface QuantizedKernel {
  /** int32 [inputs, units], −2^(bits−1) … 2^(bits−1) − 1 */
  readonly codes: tf.Tensor2D;
  /** [units] */
  readonly scale: tf.Tensor1D;
  /** [units] */
  readonly bias: tf.Tensor1D;
}

const Quantized = quantized<QuantDenseConfig>(classOf(layers.dense({name: 'plain', units: 1})), {field: 'kernel', channelAxes: 1});

/**
 * y = activation(x · fakeQuantize(kernel) + bias): computes with snapped weights, one symmetric grid per unit, and trains the float ones behind them.
 * All that `tf.layers.dense` is configured with, and how to quantize; made by hand, its scales are `lsq`.
 */
export class QuantDense extends Quantized {
  static override className = Quantized.className;

  constructor(config: QuantDenseConfig) {
    super({scale: 'lsq', ...config});
  }

  /** What the layer computes with now, as integers; the caller disposes it. @throws Error without weights to quantize */
  quantized(): QuantizedKernel {
    const {weights, kernel} = this.quantizers;
    if (!weights || !kernel) throw new Error(`Expected ${this.name} to be built, with weights of some bits; apply it to data first`);
    return tf.tidy(() => {
      const {codes, scale} = weights.codes(kernel.read());
      const units = codes.shape.at(-1)!;
      const bias = this.getConfig()['useBias'] === false ? undefined : this.weights[1]!.read();
      return {
        codes: codes as tf.Tensor2D,
        scale: tf.broadcastTo(tf.reshape(scale, [-1]), [units]) as tf.Tensor1D,
        bias: (bias ? tf.clone(bias) : tf.zeros([units])) as tf.Tensor1D,
      };
    });
  }
}
tf.serialization.registerClass(QuantDense as unknown as tf.serialization.SerializableConstructor<QuantDense>);
