import * as tf from '@tensorflow/tfjs-core';
import {initializers, layers, type LayerVariable, type Shape} from '@tensorflow/tfjs-layers';
import {checkBits} from './fake-quant.ts';
import {fakeQuantize} from './fake-quantize.ts';

export interface QuantDenseConfig {
  readonly units: number;
  readonly bits: number;
  readonly name?: string;
  /** For the first layer of a model: [inputs]. */
  readonly inputShape?: Shape;
}

/** A layer's weights as they are shipped: kernel = scale · codes. */
export interface QuantizedKernel {
  /** int32 [inputs, units], −2^(bits−1) … 2^(bits−1) − 1 */
  readonly codes: tf.Tensor2D;
  /** [units] */
  readonly scale: tf.Tensor1D;
  /** [units] */
  readonly bias: tf.Tensor1D;
}

/** y = x · fakeQuantize(kernel) + bias: computes with snapped weights, one symmetric grid per unit, and trains the float ones behind them. */
export class QuantDense extends layers.Layer {
  static className = 'SnapgridQuantDense';
  readonly units: number;
  readonly bits: number;
  private kernel!: LayerVariable;
  private bias!: LayerVariable;

  constructor(config: QuantDenseConfig) {
    super(config);
    this.units = config.units;
    this.bits = checkBits(config.bits);
  }

  override build(inputShape: Shape): void {
    this.kernel = this.addWeight('kernel', [inputShape.at(-1)!, this.units], 'float32', initializers.glorotUniform({}));
    this.bias = this.addWeight('bias', [this.units], 'float32', initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor2D;
      const kernel = this.kernel.read() as tf.Tensor2D;
      const [qmin, qmax] = this.range;
      return tf.add(tf.matMul(x, fakeQuantize(kernel, {scale: this.scaleOf(kernel), zeroPoint: 0, qmin, qmax})), this.bias.read());
    });
  }

  /** What the layer computes with now, as integers; the caller disposes it. */
  quantized(): QuantizedKernel {
    return tf.tidy(() => {
      const kernel = this.kernel.read() as tf.Tensor2D;
      const scale = this.scaleOf(kernel);
      const codes = tf.cast(tf.clipByValue(tf.round(tf.div(kernel, scale)), ...this.range), 'int32') as tf.Tensor2D;
      return {codes, scale, bias: tf.clone(this.bias.read()) as tf.Tensor1D};
    });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return [...inputShape.slice(0, -1), this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), units: this.units, bits: this.bits};
  }

  private get range(): [qmin: number, qmax: number] {
    return [-(2 ** (this.bits - 1)), 2 ** (this.bits - 1) - 1];
  }

  /** 2 · mean|w| / √qmax per unit, the start that LSQ takes: clips the few large weights so that the many small ones survive at few bits. */
  private scaleOf(kernel: tf.Tensor2D): tf.Tensor1D {
    return tf.maximum(tf.mul(tf.mean(tf.abs(kernel), 0), 2 / Math.sqrt(this.range[1])), 1e-8); // [inputs, units] → [units]
  }
}
tf.serialization.registerClass(QuantDense);
