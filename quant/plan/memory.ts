import {countParameters, type ModelShape} from './shape.ts';

/** How weights are stored. */
export interface WeightFormat {
  readonly bits: number;
  /** Neighbours that share a scale; without it, scales take no room worth counting. */
  readonly groupSize?: number;
  /** Bits of each group's scale, and of its zero point where it has one: 16 without it. */
  readonly groupBits?: number;
  /** Bits of embeddings and norms, which are mostly left as they were: 16 without it. */
  readonly otherBits?: number;
}

/** Everything in 32 bits. */
export const float32Weights: WeightFormat = {bits: 32, otherBits: 32};
/** Everything in 16 bits: float16 or bfloat16. */
export const float16Weights: WeightFormat = {bits: 16};
/** Matrices in int8 with a scale for each output, the rest in 16 bits. */
export const int8Weights: WeightFormat = {bits: 8};
/** GPTQ and AWQ as they are commonly shipped: groups of 128 with a float16 scale and a 4-bit zero point. */
export const int4Weights: WeightFormat = {bits: 4, groupSize: 128, groupBits: 20};

/** params × bits / 8: the first estimate of a model's memory, in bytes. */
export function memoryBytes(parameters: number, bits: number): number {
  return (parameters * bits) / 8;
}

/** Bytes of the weights: matrices of attention and feed-forward layers in the format, groups' scales included, the rest in `otherBits`. */
export function weightBytes(shape: ModelShape, {bits, groupSize, groupBits = 16, otherBits = 16}: WeightFormat): number {
  const {attention, feedForward, embeddings, norms} = countParameters(shape);
  const perWeight = bits + (groupSize ? groupBits / groupSize : 0);
  return memoryBytes(attention + feedForward, perWeight) + memoryBytes(embeddings + norms, otherBits);
}

/** Bytes of keys and values: 2 · layers · kvHeads · headSize for each token of each sequence. */
export function kvCacheBytes(
  shape: ModelShape,
  {tokens, batch = 1, bits = 16}: {readonly tokens: number; readonly batch?: number; readonly bits?: number},
): number {
  return memoryBytes(2 * shape.layers * shape.kvHeads * shape.headSize * tokens * batch, bits);
}

/**
 * Bytes of activations that inference holds at a time, where it needs most: in a layer, the residual stream twice and queries, keys and values, or what
 * lies between the feed-forward matrices; or at the end, the stream and float32 scores of the whole vocabulary for the last token of each sequence.
 * Attention in blocks keeps no scores. `bits` of each activation: 16 without it. Each of several devices holds its part of what a matrix puts out.
 */
export function activationBytes(
  shape: ModelShape,
  options: {readonly tokens: number; readonly batch?: number; readonly bits?: number; readonly devices?: number},
): number {
  const {tokens, batch = 1, bits = 16, devices = 1} = options;
  const {hidden, heads, kvHeads, headSize, intermediate, feedForward, vocabulary} = shape;
  const attention = (heads + 2 * kvHeads) * headSize;
  const widest = Math.max(attention, intermediate * (feedForward === 'gated' ? 2 : 1)) / devices;
  const layer = memoryBytes((2 * hidden + widest) * tokens * batch, bits);
  const scores = memoryBytes(hidden * tokens * batch, bits) + (4 * vocabulary * batch) / devices;
  return Math.max(layer, scores);
}

/**
 * Bytes that training all weights keeps beside activations with Adam in mixed precision: 16-bit weights and gradients, float32 weights and two moments,
 * 16 bytes a parameter. Source: Rajbhandari et al. 2020, ZeRO, section 3.1.
 */
export function trainingBytes(shape: ModelShape): number {
  return countParameters(shape).total * (2 + 2 + 4 + 4 + 4);
}

/** Which matrices of each layer get an adapter. */
export type LoraTargets = 'attention' | 'all';

/** Parameters of LoRA's pairs of thin matrices: rank · (inputs + outputs) for each matrix. Source: Hu et al. 2021, LoRA. */
export function loraParameters(
  shape: ModelShape,
  {rank, targets = 'all'}: {readonly rank: number; readonly targets?: LoraTargets},
): number {
  const {layers, hidden, heads, kvHeads, headSize, intermediate, feedForward} = shape;
  const query = hidden + heads * headSize;
  const keyOrValue = hidden + kvHeads * headSize;
  const attention = 2 * query + 2 * keyOrValue;
  const others = (feedForward === 'gated' ? 3 : 2) * (hidden + intermediate);
  return layers * rank * (attention + (targets === 'all' ? others : 0));
}

/** Bytes of QLoRA's training state: frozen weights in their format, and 16 bytes for each parameter of the adapters. Source: Dettmers et al. 2023, QLoRA. */
export function loraTrainingBytes(
  shape: ModelShape,
  weights: WeightFormat,
  lora: {readonly rank: number; readonly targets?: LoraTargets},
): number {
  return weightBytes(shape, weights) + 16 * loraParameters(shape, lora);
}
