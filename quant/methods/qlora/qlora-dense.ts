import * as tf from '@tensorflow/tfjs-core';
import {initializers, layers, type LayerVariable, type Shape} from '@tensorflow/tfjs-layers';
import {type Codebook, fp4, nf4} from '../../formats/codebook.ts';
import {byteWeightShape, readBytes, writeBytes} from '../../layers/byte-weight.ts';
import {type BlockWise, blockWiseBytes, dequantizeBlockWise, quantizeBlockWise} from '../block-wise.ts';

/** Of `tf.layers.dense`'s configuration units, activation, useBias, name and inputShape count; the rest is fixed by the method. */
export type QLoraDenseConfig = Parameters<typeof layers.dense>[0] & {
  /** Columns of A and rows of B: at least 1. */
  readonly rank: number;
  /** What x·A·B is multiplied with is alpha / rank: 16 without it, as in the paper. */
  readonly alpha?: number;
  /** `nf4` without it. */
  readonly codebook?: 'nf4' | 'fp4';
  /** 64 without it. */
  readonly blockSize?: number;
  /** True without it. */
  readonly doubleQuantization?: boolean;
};

/** A layer's weights in float; the caller disposes them. */
export interface FloatKernel {
  /** [inputs, units] */
  readonly kernel: tf.Tensor2D;
  /** [units] */
  readonly bias?: tf.Tensor1D;
}

const codebooks: Readonly<Record<string, Codebook>> = {nf4, fp4};
// Named: a name that tfjs makes up would be missing in the user's own count.
const Dense = layers.dense({name: 'plain', units: 1}).constructor as unknown as new (config: object) => layers.Layer;

/**
 * y = activation(x·Ŵ + bias + alpha / rank · (x·A)·B), x [..., inputs] → y [..., units]. Ŵ is a frozen kernel in 4-bit codes, dequantized where the layer
 * computes; only A [inputs, rank] and B [rank, units] are trained, and B begins at 0, so that y begins as the base's. The codes are those that
 * bitsandbytes gives the same weights of a PyTorch layer, [units, inputs]; they are saved with the model, four bytes to an int32.
 * Source: Dettmers et al. 2023, QLoRA, equations 5 and 6; Hu et al. 2022, LoRA, section 4.1.
 */
export class QLoraDense extends Dense {
  static className = 'SnapgridQLoraDense';
  private readonly options: Required<Pick<QLoraDenseConfig, 'units' | 'rank' | 'alpha' | 'codebook' | 'blockSize' | 'doubleQuantization'>>;
  private inputs = 0;
  private codes!: LayerVariable;
  /** absMax in float32, or doubly quantized: codes, scales and offset. */
  private absMax!: readonly LayerVariable[];
  private a!: LayerVariable;
  private b!: LayerVariable;

  /** @throws RangeError at a rank below 1, an alpha that is no number, an odd block size, or an unknown codebook */
  constructor(config: QLoraDenseConfig) {
    super(config);
    const {units, rank, alpha = 16, codebook = 'nf4', blockSize = 64, doubleQuantization = true} = config;
    if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`Expected a rank of at least 1, got ${rank}; 8 to 64 are usual`);
    if (!Number.isFinite(alpha)) throw new RangeError(`Expected a finite alpha, got ${alpha}`);
    if (!codebooks[codebook]) throw new RangeError(`Expected the codebook nf4 or fp4, got ${codebook}`);
    // Refused here, not when a base comes.
    quantizeBlockWise([], [0], {blockSize});
    this.options = {units, rank, alpha, codebook, blockSize, doubleQuantization};
  }

  override build(inputShape: Shape | Shape[]): void {
    const {units, rank, blockSize, doubleQuantization} = this.options;
    this.inputs = (inputShape as Shape).at(-1)!;
    const values = this.inputs * units;
    const blocks = Math.ceil(values / blockSize);
    const frozen = (name: string, shape: Shape, dtype: 'int32' | 'float32'): LayerVariable =>
      this.addWeight(name, shape, dtype, initializers.zeros(), undefined, false);
    const bound = 1 / Math.sqrt(this.inputs);
    this.a = this.addWeight('lora_a', [this.inputs, rank], 'float32', initializers.randomUniform({minval: -bound, maxval: bound}));
    this.b = this.addWeight('lora_b', [rank, units], 'float32', initializers.zeros());
    this.codes = frozen('base_codes', byteWeightShape(Math.ceil(values / 2)), 'int32');
    this.absMax = doubleQuantization
      ? [
          frozen('base_absmax_codes', byteWeightShape(blocks), 'int32'),
          frozen('base_absmax_scales', [Math.ceil(blocks / 256)], 'float32'),
          frozen('base_absmax_offset', [], 'float32'),
        ]
      : [frozen('base_absmax', [blocks], 'float32')];
    const dense = this as unknown as {useBias: boolean; bias: LayerVariable};
    if (dense.useBias) dense.bias = frozen('bias', [units], 'float32');
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const {units, rank, alpha} = this.options;
      const {bias, activation} = this as unknown as {bias: LayerVariable | null; activation: {apply(x: tf.Tensor): tf.Tensor} | null};
      const rows = tf.reshape(x, [-1, this.inputs]); // [..., inputs] → [rows, inputs]
      const base = tf.tensor2d(dequantizeBlockWise(this.base()), [units, this.inputs]);
      const update = tf.matMul(tf.matMul(rows, this.a.read() as tf.Tensor2D), this.b.read() as tf.Tensor2D);
      const sum = tf.add(tf.matMul(rows, base, false, true), tf.mul(update, alpha / rank)); // [rows, units]
      const y = tf.reshape(bias ? tf.add(sum, bias.read()) : sum, [...x.shape.slice(0, -1), units]);
      return activation ? activation.apply(y) : y;
    });
  }

  /** Quantizes a kernel [inputs, units] for the base, and takes the bias [units]; they are not disposed. @throws RangeError where shapes do not fit */
  setBase({kernel, bias}: FloatKernel): void {
    const {units, codebook, blockSize, doubleQuantization} = this.options;
    if (!this.built) this.build([null, kernel.shape[0]]);
    if (kernel.shape[0] !== this.inputs || kernel.shape[1] !== units)
      throw new RangeError(`Expected a kernel [${this.inputs}, ${units}] for ${this.name}, got [${kernel.shape.join(', ')}]`);
    const rows = tf.tidy(() => tf.transpose(kernel).dataSync<'float32'>());
    const quantized = quantizeBlockWise(rows, [units, this.inputs], {codebook: codebooks[codebook]!, blockSize, doubleQuantization});
    writeBytes(this.codes, quantized.packed);
    const {absMax} = quantized;
    tf.tidy(() => {
      if (absMax instanceof Float32Array) return void this.absMax[0]!.write(tf.tensor1d(absMax));
      const [codes, scales, offset] = this.absMax;
      writeBytes(codes!, absMax.codes);
      scales!.write(tf.tensor1d(absMax.scales));
      offset!.write(tf.scalar(absMax.offset));
    });
    if (bias) (this as unknown as {bias: LayerVariable | null}).bias?.write(bias);
  }

  /** The frozen kernel as it is stored, of shape [units, inputs]. */
  base(): BlockWise {
    const {units, codebook, blockSize, doubleQuantization} = this.options;
    const values = this.inputs * units;
    const [first, scales, offset] = this.absMax;
    const absMax = doubleQuantization
      ? {
          codes: readBytes(first!, Math.ceil(values / blockSize)),
          scales: scales!.read().dataSync<'float32'>().slice(),
          offset: offset!.read().dataSync()[0]!,
        }
      : first!.read().dataSync<'float32'>().slice();
    return {
      shape: [units, this.inputs],
      codebook: codebooks[codebook]!,
      blockSize,
      packed: readBytes(this.codes, Math.ceil(values / 2)),
      absMax,
    };
  }

  /** Ŵ + alpha / rank · A·B, [inputs, units], and the bias: a plain dense layer that computes the same. */
  merged(): FloatKernel {
    return tf.tidy(() => {
      const {units, rank, alpha} = this.options;
      const base = tf.tensor2d(dequantizeBlockWise(this.base()), [units, this.inputs]);
      const update = tf.matMul(this.a.read() as tf.Tensor2D, this.b.read() as tf.Tensor2D);
      const {bias} = this as unknown as {bias: LayerVariable | null};
      const kernel = tf.add(tf.transpose(base), tf.mul(update, alpha / rank)) as tf.Tensor2D;
      return {kernel, ...(bias && {bias: tf.clone(bias.read()) as tf.Tensor1D})};
    });
  }

  /** How many numbers are trained, and how many there are with the base and the bias, each code counted as one. */
  parameters(): {readonly trained: number; readonly all: number} {
    const {units, rank} = this.options;
    const trained = rank * (this.inputs + units);
    const {useBias} = this as unknown as {useBias: boolean};
    return {trained, all: trained + units * this.inputs + (useBias ? units : 0)};
  }

  /** Bytes of the base's codes and scales, and of A, B and the bias in float32. */
  get byteLength(): number {
    const {all} = this.parameters();
    return blockWiseBytes(this.base()) + 4 * (all - this.options.units * this.inputs);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), ...this.options};
  }
}
tf.serialization.registerClass(QLoraDense as unknown as tf.serialization.SerializableConstructor<QLoraDense>);
