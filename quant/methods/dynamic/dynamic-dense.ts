import * as tf from '@tensorflow/tfjs-core';
import {initializers, layers, type LayerVariable, type Shape} from '@tensorflow/tfjs-layers';
import {perAxis} from '../../affine/granularity.ts';
import {chooseQParams, type QParams, type Scheme} from '../../affine/qparams.ts';
import {quantize, type StepArithmetic} from '../../affine/quantize.ts';
import {QTensor} from '../../affine/qtensor.ts';
import {qint8, unsigned} from '../../formats/qtype.ts';
import {byteWeightShape, readBytes, writeBytes} from '../../layers/byte-weight.ts';
import {integerMatMul} from './integer-mat-mul.ts';

/** How `quantizeDynamic` quantizes weights, and activations as they come. */
export interface DynamicQuantization {
  /** Of activations: 8 without it; 7 leaves room where a processor sums pairs of products in 16 bits, as PyTorch's default does. */
  readonly activationBits?: 7 | 8;
  /** Of weights: `symmetric`, absMax / 127, without it, as ONNX Runtime; `symmetricFull`, absMax / 127.5, is PyTorch's. */
  readonly weightScheme?: Extract<Scheme, 'symmetric' | 'symmetricFull'>;
  /** `inverse` without it, as PyTorch; `division` is ONNX's. */
  readonly steps?: StepArithmetic;
}

/** Of `tf.layers.dense`'s configuration units, activation, useBias, name and inputShape count. */
export type DynamicDenseConfig = Parameters<typeof layers.dense>[0] & DynamicQuantization;

/** A tensor on the grid of its own range. */
export interface DynamicallyQuantized extends QParams {
  /** Whole numbers in float32, zero point not taken off; the caller disposes them. */
  readonly codes: tf.Tensor;
}

/**
 * Quantizes x to unsigned codes on the range that it has itself, widened to hold 0: scale = (max − min) / (2^bits − 1),
 * zeroPoint = round(−min / scale), code = clamp(round(x / scale) + zeroPoint). An x without values has no codes, scale 1 and zero point 0.
 * @throws RangeError where x holds an infinity or NaN
 * @see ONNX, DynamicQuantizeLinear
 */
export function dynamicQuantizeLinear(
  x: tf.Tensor,
  {activationBits = 8, steps = 'inverse'}: DynamicQuantization = {},
): DynamicallyQuantized {
  const qtype = unsigned(activationBits);
  const [min, max] = x.size === 0 ? [0, 0] : (tf.tidy(() => tf.stack([tf.min(x), tf.max(x)]).dataSync()) as unknown as [number, number]);
  const qparams = chooseQParams(min, max, {qtype, scheme: 'asymmetric'});
  const {scale, zeroPoint} = qparams;
  const inverse = Math.fround(1 / scale);
  const codes = tf.tidy(() => {
    const inSteps = steps === 'inverse' && Number.isFinite(inverse) ? tf.mul(x, inverse) : tf.div(x, scale);
    return tf.clipByValue(tf.add(tf.round(inSteps), zeroPoint), qtype.qmin, qtype.qmax);
  });
  return {codes, ...qparams};
}

// Named: a name that tfjs makes up would be missing in the user's own count.
const Dense = layers.dense({name: 'plain', units: 1}).constructor as unknown as new (config: object) => layers.Layer;

/**
 * y = activation(scale_x · scale_w · Σ (x_code − zeroPoint) · w_code + bias), x [..., inputs] → y [..., units]: int8 weights with a scale for each unit,
 * activations quantized on the range of each batch as it comes, the sum in int32. It is for inference: nothing of it is trained, and no gradient comes
 * back through its codes. The codes are saved with the model, four to an int32.
 * @see torch.ao.nn.quantized.dynamic.Linear; ONNX's DynamicQuantizeLinear and MatMulInteger
 */
export class DynamicDense extends Dense {
  static className = 'SnapgridDynamicDense';
  private readonly units: number;
  private readonly options: Required<DynamicQuantization>;
  private inputs = 0;
  private codes!: LayerVariable;
  private scales!: LayerVariable;

  constructor(config: DynamicDenseConfig) {
    super(config);
    const {units, activationBits = 8, weightScheme = 'symmetric', steps = 'inverse'} = config;
    this.units = units;
    this.options = {activationBits, weightScheme, steps};
  }

  override build(inputShape: Shape | Shape[]): void {
    this.inputs = (inputShape as Shape).at(-1)!;
    // Beyond, the largest codes could sum to more than int32 holds.
    if (this.inputs > 65_000)
      throw new RangeError(`Expected at most 65000 inputs to ${this.name}, whose sums are int32, got ${this.inputs}`);
    const frozen = (name: string, shape: Shape, dtype: 'int32' | 'float32'): LayerVariable =>
      this.addWeight(name, shape, dtype, initializers.zeros(), undefined, false);
    this.codes = frozen('kernel_codes', byteWeightShape(this.inputs * this.units), 'int32');
    this.scales = frozen('kernel_scales', [this.units], 'float32');
    const dense = this as unknown as {useBias: boolean; bias: LayerVariable};
    if (dense.useBias) dense.bias = frozen('bias', [this.units], 'float32');
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const {bias, activation} = this as unknown as {bias: LayerVariable | null; activation: {apply(x: tf.Tensor): tf.Tensor} | null};
      const {codes, scale, zeroPoint} = dynamicQuantizeLinear(tf.reshape(x, [-1, this.inputs]), this.options);
      const weights = tf.tensor2d(Float32Array.from(this.kernelCodes()), [this.inputs, this.units]);
      const sum = tf.cast(integerMatMul(tf.sub(codes, zeroPoint), weights), 'float32'); // [rows, units]
      const product = tf.mul(sum, tf.mul(this.scales.read(), scale));
      const y = tf.reshape(bias ? tf.add(product, bias.read()) : product, [...x.shape.slice(0, -1), this.units]);
      return activation ? activation.apply(y) : y;
    });
  }

  /** Quantizes a kernel [inputs, units], and takes the bias [units]; they are not disposed. */
  setWeightsOf({kernel, bias}: {readonly kernel: tf.Tensor; readonly bias?: tf.Tensor}): void {
    if (!this.built) this.build([null, kernel.shape[0]!]);
    const quantized = quantize(kernel.dataSync<'float32'>(), [this.inputs, this.units], {
      qtype: qint8,
      scheme: this.options.weightScheme,
      granularity: perAxis(1),
    });
    writeBytes(this.codes, quantized.packed);
    tf.tidy(() => void this.scales.write(tf.tensor1d(quantized.scales)));
    if (bias) (this as unknown as {bias: LayerVariable | null}).bias?.write(bias);
  }

  /** The kernel as it is stored, [inputs, units], with a scale for each unit. */
  quantized(): QTensor {
    return new QTensor({
      shape: [this.inputs, this.units],
      qtype: qint8,
      granularity: perAxis(1),
      packed: readBytes(this.codes, this.inputs * this.units),
      scales: this.scales.read().dataSync<'float32'>().slice(),
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), ...this.options};
  }

  private kernelCodes(): Int8Array {
    return new Int8Array(readBytes(this.codes, this.inputs * this.units).buffer, 0, this.inputs * this.units);
  }
}
tf.serialization.registerClass(DynamicDense as unknown as tf.serialization.SerializableConstructor<DynamicDense>);
