import type {Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';

/** One matrix of the network. */
export interface Layer {
  readonly name: string;
  /** Layers of one stage read the same vector, each its own part of it, and their sums are added. */
  readonly stage: number;
  /** The part that it reads begins here, and is as long as the kernel has rows. */
  readonly from: number;
  /** [inputs, outputs] */
  readonly kernel: Tensor2D;
}

/** Stage after stage: the sums of the stage's layers plus its bias, then ReLU (not after the last one). */
export interface Network {
  readonly layers: readonly Layer[];
  /** One for each stage, [outputs]; biases stay in float. */
  readonly biases: readonly Tensor1D[];
}

/** So many bits for this layer. */
export interface Choice {
  /** Its name. */
  readonly layer: string;
  readonly bits: number;
}

/** What it costs to give this layer, and no other, so many bits. */
export interface ScanRow extends Choice {
  /** Of the layer's codes and scales. */
  readonly bytes: number;
  /** Loss with this layer alone quantized, less the loss with everything in float. Below zero where rounding helped by luck. */
  readonly increase: number;
}

export interface MixedData {
  /** Images [n, pixels] and labels [n]: to measure with as much as you like. */
  readonly calibration: Tensor2D;
  readonly calibrationLabels: Tensor1D;
  /** For the last line alone. */
  readonly test: Tensor2D;
  readonly testLabels: Tensor1D;
}

export interface MixedResult {
  /** One for each layer. */
  readonly bits: readonly Choice[];
  /** Of the network with these bits on the test images, in percent. */
  readonly accuracy: number;
}

/** A row for each layer and each of the bits in `choices`. */
export type ScanLayers = (network: Network, images: Tensor2D, labels: Tensor1D, choices: readonly number[]) => readonly ScanRow[];
/** One of its own rows for each layer: of at most `budget` bytes together, with as little increase together as possible. */
export type AllocateBits = (rows: readonly ScanRow[], budget: number) => readonly Choice[];
export type MixedBits = (network: Network, data: MixedData, choices: readonly number[], budget: number) => MixedResult;
