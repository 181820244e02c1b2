import * as tf from '@tensorflow/tfjs-core';
import {layers, type Shape} from '@tensorflow/tfjs-layers';
import {roundFloats} from '../../formats/float-codes.ts';
import {bfloat16, float16, float32, float8e4m3fn, float8e5m2, type FloatFormat} from '../../formats/float-format.ts';

/**
 * Rounds x to the numbers of a float format, and the gradient that comes back too, as a tensor does that is cast to it: y = round(x), dx = round(dy),
 * half to even; what is too large becomes what the format has for it, infinity in float16. Put after each operation, it computes as hardware does that
 * sums in float32 and stores in the format. x [any] → y [same], float32.
 * Source: IEEE 754-2019, section 4.3.1; the backward pass as PyTorch's `.to(dtype)`.
 */
export function castFloat<T extends tf.Tensor>(x: T, format: FloatFormat): T {
  const cast = tf.customGrad(x => ({value: rounded(x as tf.Tensor, format), gradFunc: (dy: tf.Tensor) => rounded(dy, format)}));
  return tf.tidy(() => cast(x) as T);
}

/** The values of x rounded to the format, without a gradient. */
export function rounded(x: tf.Tensor, format: FloatFormat): tf.Tensor {
  return tf.tensor(roundFloats(x.dataSync<'float32'>(), format), x.shape, 'float32');
}

/** What a `CastFloat` layer is made with. */
export interface CastFloatConfig {
  /** By its name: float16, bfloat16, float8e4m3fn, float8e5m2. */
  readonly format: string;
  readonly name?: string;
  /** For the first layer of a model, without the batch. */
  readonly inputShape?: Shape;
}

const formats: readonly FloatFormat[] = [float32, float16, bfloat16, float8e4m3fn, float8e5m2];

/** `castFloat` as a layer of a tf.LayersModel: rounds activations on their way forward and gradients on their way back. */
export class CastFloat extends layers.Layer {
  static className = 'SnapgridCastFloat';
  readonly format: FloatFormat;

  /** @throws RangeError for a format that is not known */
  constructor(config: CastFloatConfig) {
    super(config);
    const format = formats.find(({name}) => name === config.format);
    if (!format) throw new RangeError(`Expected one of ${formats.map(({name}) => name).join(', ')}, got ${config.format}`);
    this.format = format;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return castFloat(Array.isArray(inputs) ? inputs[0]! : inputs, this.format);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), format: this.format.name};
  }
}
tf.serialization.registerClass(CastFloat);
