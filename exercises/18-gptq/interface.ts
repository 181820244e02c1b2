import type {Tensor2D} from '@tensorflow/tfjs-core';

/** A layer's weights as integers: w[o][i] ≈ scales[o][group of i] · codes[o][i]. */
export interface QuantizedWeights {
  /** int32 [outputs, inputs]: whole numbers from −(2^(bits−1) − 1) to 2^(bits−1) − 1, in the order of the inputs. */
  readonly codes: Tensor2D;
  /** float32 [outputs, groups], all above 0: neighbouring inputs share a scale. One group: [outputs, 1]. */
  readonly scales: Tensor2D;
}

export interface GptqOptions {
  readonly bits: number;
  /** How many neighbouring inputs share a scale; it divides the inputs. */
  readonly groupSize: number;
  /** Whether the inputs with the largest activations are quantized first; otherwise from left to right. */
  readonly actOrder: boolean;
}

/** x [samples, inputs] → Xᵀ·X plus `dampening` times the mean of its diagonal on the diagonal: [inputs, inputs] */
export type DampedHessian = (x: Tensor2D, dampening: number) => Tensor2D;
/** w [outputs, inputs], h [inputs, inputs] → codes and one scale per output */
export type QuantizeColumns = (w: Tensor2D, h: Tensor2D, bits: number) => QuantizedWeights;
/** w [outputs, inputs], x [samples, inputs] */
export type Gptq = (w: Tensor2D, x: Tensor2D, options: GptqOptions) => QuantizedWeights;
