import * as tf from '@tensorflow/tfjs-core';
import {initializers, layers, type LayerVariable, type Shape} from '@tensorflow/tfjs-layers';
import {atLeast} from './at-least.ts';
import {fakeQuantizeLearned} from './fake-quantize.ts';

/** What a `FakeQuant` layer is made with. */
export interface FakeQuantConfig {
  readonly bits: number;
  /** Where the range [0, high] starts, from calibration. */
  readonly high: number;
  readonly name?: string;
  readonly inputShape?: Shape;
}

/** Snaps what a ReLU lets through to 2^bits codes on [0, high]; the scale high / (2^bits − 1) is learned (LSQ) and saved with the model. */
export class FakeQuant extends layers.Layer {
  static className = 'SnapgridFakeQuant';
  readonly bits: number;
  private readonly start: number;
  private scale!: LayerVariable;

  /** @throws RangeError outside 2 to 16 bits, or where the range does not end above 0 */
  constructor(config: FakeQuantConfig) {
    super(config);
    if (!(config.high > 0))
      throw new RangeError(`Expected a range that ends above 0, got ${config.high}; calibrate on data that reaches this layer`);
    this.bits = checkBits(config.bits);
    this.start = config.high;
  }

  override build(): void {
    this.scale = this.addWeight('scale', [], 'float32', initializers.constant({value: this.start / this.qmax}));
    this.built = true;
  }

  /** Where the range ends now. */
  get high(): number {
    return Math.max(this.scale.read().dataSync()[0]!, leastScale) * this.qmax;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const scale = atLeast(this.scale.read(), leastScale);
      return fakeQuantizeLearned(Array.isArray(inputs) ? inputs[0]! : inputs, scale, {zeroPoint: 0, qmin: 0, qmax: this.qmax});
    });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), bits: this.bits, high: this.start};
  }

  private get qmax(): number {
    return 2 ** this.bits - 1;
  }
}
tf.serialization.registerClass(FakeQuant);

const leastScale = 1e-8;

export function checkBits(bits: number): number {
  if (!Number.isInteger(bits) || bits < 2 || bits > 16) throw new RangeError(`Expected 2 to 16 bits, got ${bits}`);
  return bits;
}
