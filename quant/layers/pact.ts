import * as tf from '@tensorflow/tfjs-core';
import {initializers, layers, type LayerVariable, regularizers, type Shape} from '@tensorflow/tfjs-layers';
import {atLeast} from './at-least.ts';
import {checkBits} from './fake-quant.ts';
import {sumTo} from './fake-quantize.ts';

/**
 * PACT: y = clip(x, 0, α), then snapped to the 2^bits codes of [0, α]: round(y · (2^bits − 1) / α) · α / (2^bits − 1), half to even.
 * Gradients as published: dy reaches x where 0 < x < α, and α, as a sum, where x ≥ α; rounding counts as the identity.
 * Source: Choi et al. 2018, PACT: Parameterized Clipping Activation for Quantized Neural Networks, equations 1 to 3.
 * @param alpha a scalar above 0
 * @throws RangeError outside 2 to 16 bits, or where alpha is no scalar
 */
export function pact(x: tf.Tensor, alpha: tf.Tensor, {bits}: {readonly bits: number}): tf.Tensor {
  checkBits(bits);
  if (alpha.size !== 1) throw new RangeError(`Expected one alpha for all of x, got shape [${alpha.shape.join()}]`);
  const qmax = 2 ** bits - 1;
  const snap = tf.customGrad((x, alpha, save) => {
    const inputs = [x, alpha] as tf.Tensor[];
    (save as tf.GradSaveFunc)(inputs);
    const scale = tf.div(alpha as tf.Tensor, qmax);
    const codes = tf.minimum(tf.round(tf.div(tf.relu(x as tf.Tensor), scale)), qmax);
    const gradFunc = (dy: tf.Tensor, [x, alpha]: tf.Tensor[]): tf.Tensor[] => {
      const above = tf.greaterEqual(x!, alpha!);
      const between = tf.logicalAnd(tf.greater(x!, 0), tf.logicalNot(above));
      return [tf.mul(dy, tf.cast(between, 'float32')), sumTo(alpha!.shape, tf.mul(dy, tf.cast(above, 'float32')))];
    };
    return {value: tf.mul(codes, scale), gradFunc};
  });
  return tf.tidy(() => snap(x, alpha));
}

/** What a `Pact` layer is made with. */
export interface PactConfig {
  readonly bits: number;
  /** Where the clipping begins; 10 without it, as in the paper's experiments. */
  readonly alpha?: number;
  /** The weight of α² in the loss, which pulls the clipping towards zero; 0 without it. */
  readonly decay?: number;
  readonly name?: string;
  readonly inputShape?: Shape;
}

/** A ReLU that clips at a learned α and snaps to 2^bits codes on [0, α]; see `pact`. */
export class Pact extends layers.Layer {
  static className = 'SnapgridPact';
  readonly bits: number;
  private readonly start: number;
  private readonly decay: number;
  private alpha!: LayerVariable;

  /** @throws RangeError outside 2 to 16 bits, at an alpha that is not above 0 or a decay below 0 */
  constructor(config: PactConfig) {
    super(config);
    const {alpha = 10, decay = 0} = config;
    if (!(alpha > 0 && alpha < Infinity)) throw new RangeError(`Expected alpha above 0, where the clipping begins, got ${alpha}`);
    if (!(decay >= 0 && decay < Infinity)) throw new RangeError(`Expected a decay of 0 or more, got ${decay}`);
    this.bits = checkBits(config.bits);
    this.start = alpha;
    this.decay = decay;
  }

  override build(): void {
    const decay = this.decay > 0 ? regularizers.l2({l2: this.decay}) : undefined;
    this.alpha = this.addWeight('alpha', [], 'float32', initializers.constant({value: this.start}), decay);
    this.built = true;
  }

  /** What it clips at now. */
  get clip(): number {
    return Math.max(this.alpha.read().dataSync()[0]!, leastAlpha);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => pact(Array.isArray(inputs) ? inputs[0]! : inputs, atLeast(this.alpha.read(), leastAlpha), {bits: this.bits}));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), bits: this.bits, alpha: this.start, decay: this.decay};
  }
}
tf.serialization.registerClass(Pact);

const leastAlpha = 1e-8;
