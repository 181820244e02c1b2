import type {Tensor, Tensor2D} from '@tensorflow/tfjs-core';

/** How a training stores its numbers; float32 stands for no rounding at all. */
export type FormatName = 'float32' | 'float16' | 'bfloat16';

/** What the backward pass gives: the loss itself, and gradients of scale · loss, in the 16-bit format. */
export interface Backward {
  /** Not scaled. */
  readonly loss: number;
  /** One per weight tensor, each in its shape. They can hold ±Infinity and NaN. */
  readonly gradients: Tensor[];
}

export interface StepOptions {
  /** What the loss was multiplied with before the gradients were taken. */
  readonly scale: number;
  readonly learningRate: number;
  /** The largest norm that all true gradients together may have; Infinity: any. */
  readonly maxNorm: number;
}

export interface Step {
  /** New tensors, float32: the weights after the step, or copies of the old ones where it was skipped. */
  readonly weights: Tensor[];
  /** false where the step was skipped. */
  readonly taken: boolean;
}

/** How a loss scale behaves. With both factors 1 it is static: it never changes. */
export interface ScalerOptions {
  readonly initialScale: number;
  /** What the scale is multiplied with after `growthInterval` good steps in a row. */
  readonly growthFactor: number;
  /** What it is multiplied with after a skipped step. */
  readonly backoffFactor: number;
  readonly growthInterval: number;
  /** It never falls below. */
  readonly minScale: number;
}

/** A loss scale that watches the training. */
export interface Scaler {
  /** What the loss of the next step is to be multiplied with. */
  scale(): number;
  /** Takes note of a step: true where it was taken, false where it was skipped. */
  update(taken: boolean): void;
  /** How many steps were skipped so far. */
  skipped(): number;
}

export interface TrainOptions {
  readonly format: FormatName;
  readonly steps: number;
  readonly learningRate: number;
  readonly maxNorm: number;
  readonly scaler: ScalerOptions;
}

export interface Trained {
  /** float32, as `start`: [kernel, bias]. */
  readonly weights: Tensor[];
  /** One per step, not scaled. */
  readonly losses: number[];
  readonly skipped: number;
}

export type ChooseScale = (gradients: readonly Tensor[]) => number;
export type ApplyGradients = (masters: readonly Tensor[], scaled: readonly Tensor[], options: StepOptions) => Step;
export type LossScalerClass = new (options: ScalerOptions) => Scaler;
export type TrainMixed = (start: readonly Tensor[], x: Tensor2D, y: Tensor2D, options: TrainOptions) => Trained;
