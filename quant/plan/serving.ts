import type {Hardware} from './hardware.ts';
import {activationBytes, kvCacheBytes, memoryBytes, weightBytes, type WeightFormat} from './memory.ts';
import {countParameters, type ModelShape} from './shape.ts';

/** A model on a group of equal devices, its matrices split between them (tensor-parallel). */
export interface Serving {
  readonly shape: ModelShape;
  readonly weights: WeightFormat;
  readonly device: Hardware;
  /** How many devices share the model: 1 without it. */
  readonly devices?: number;
  /** Sequences that are decoded together: 1 without it. */
  readonly batch?: number;
  /** Tokens of each sequence that the cache holds. */
  readonly tokens: number;
  /** Bits of each key and value in the cache: 16 without it. */
  readonly kvBits?: number;
  /** 8 where activations are int8 too (W8A8), so that matrices are multiplied in int8 on devices that have it: 16 without it. */
  readonly activationBits?: 8 | 16;
  /** Memory of each device that the runtime itself takes, in bytes: 2 · 10⁹ without it. */
  readonly overheadBytes?: number;
  /** The share of the data sheet's bandwidth and compute that software reaches: 0.7 without it. */
  readonly efficiency?: number;
}

/** What one device of the group holds, in bytes. */
export interface MemoryPlan {
  readonly weights: number;
  readonly kvCache: number;
  readonly activations: number;
  readonly overhead: number;
  readonly total: number;
  readonly available: number;
  readonly fits: boolean;
}

/**
 * Memory of each device, in bytes: weights / devices + cache / devices + activations of one token of each sequence + overhead.
 * @throws RangeError where the heads of keys and values cannot be split between the devices, or a number makes no sense
 */
export function planMemory(serving: Serving): MemoryPlan {
  const {shape, weights, device, tokens, devices = 1, batch = 1, kvBits = 16, overheadBytes = 2e9, efficiency = 0.7} = serving;
  for (const [name, value] of Object.entries({batch, tokens}))
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`Expected ${name} to be a whole number above 0, got ${value}`);
  for (const [name, value] of Object.entries({kvBits, 'weights.bits': weights.bits}))
    if (!(value > 0 && value <= 64)) throw new RangeError(`Expected ${name} above 0, up to 64, got ${value}`);
  if (!(overheadBytes >= 0)) throw new RangeError(`Expected overheadBytes from 0 on, got ${overheadBytes}`);
  if (!(efficiency > 0 && efficiency <= 1)) throw new RangeError(`Expected efficiency above 0, up to 1, got ${efficiency}`);
  if (!Number.isInteger(devices) || devices < 1 || shape.kvHeads % devices !== 0)
    throw new RangeError(
      `Expected a number of devices that divides the ${shape.kvHeads} heads of keys and values of ${shape.name}, got ${devices}`,
    );
  const plan = {
    weights: weightBytes(shape, weights) / devices,
    kvCache: kvCacheBytes(shape, {tokens, batch, bits: kvBits}) / devices,
    // Decoding holds one token of each sequence at a time.
    activations: activationBytes(shape, {tokens: 1, batch, devices}),
    overhead: overheadBytes,
  };
  const total = plan.weights + plan.kvCache + plan.activations + plan.overhead;
  return {...plan, total, available: device.memoryBytes, fits: total <= device.memoryBytes};
}

/** ⌊(available − weights − overhead) / (cache + activations of one sequence)⌋: the most sequences that fit beside the weights; 0 where the weights alone do not. @throws RangeError as `planMemory` */
export function largestBatch(serving: Serving): number {
  const one = planMemory({...serving, batch: 1});
  const left = one.available - one.weights - one.overhead;
  return Math.max(0, Math.floor(left / (one.kvCache + one.activations)));
}

/** How long a step of decoding, one token for each sequence of the batch, takes, and why. */
export interface SpeedPlan {
  readonly secondsPerStep: number;
  /** What the step waits for. */
  readonly bound: 'memory' | 'compute' | 'link';
  /** Of one sequence. */
  readonly tokensPerSecond: number;
  /** Of the whole batch. */
  readonly totalTokensPerSecond: number;
}

/**
 * The roofline of decoding. A step reads all weights once, but of token embeddings only a row for each sequence, and the caches once; it computes two
 * operations for each weight of a matrix and sequence, and 4 · layers · heads · headSize for each token in a cache; what takes longer counts. Between
 * devices each layer adds up its results twice, which comes on top. Times are in seconds.
 * Source: Williams et al. 2009, Roofline; Pope et al. 2022, Efficiently Scaling Transformer Inference, section 2; Chowdhery et al. 2022, PaLM, appendix B.
 * @throws RangeError where the devices cannot share the model
 */
export function planSpeed(serving: Serving): SpeedPlan {
  const {shape, device, devices = 1, batch = 1, tokens, efficiency = 0.7} = serving;
  const {kvCache} = planMemory(serving);
  const memory = (readBytes(serving) / devices + kvCache) / (device.bytesPerSecond * efficiency);
  const {layers, heads, headSize, hidden, vocabulary} = shape;
  const scores = 4 * layers * heads * headSize * tokens;
  const compute = ((2 * (matrixWeights(shape) + vocabulary * hidden) + scores) * batch) / operationsPerSecond(serving);
  const link = linkSeconds(serving, batch);
  const secondsPerStep = Math.max(memory, compute) + link;
  const bound = link > Math.max(memory, compute) ? 'link' : memory >= compute ? 'memory' : 'compute';
  return {secondsPerStep, bound, tokensPerSecond: 1 / secondsPerStep, totalTokensPerSecond: batch / secondsPerStep};
}

/** Weights of the layers' matrices: each takes part in one multiplication and one addition for every token. */
function matrixWeights(shape: ModelShape): number {
  const {attention, feedForward} = countParameters(shape);
  return attention + feedForward;
}

/** Of the weights, without tables of which only rows are read: token embeddings that are no output layer too, and positions. */
function readBytes({shape, weights}: Serving): number {
  const {vocabulary, hidden, positions, tiedEmbeddings} = shape;
  const rows = (tiedEmbeddings ? 0 : vocabulary) + positions;
  return weightBytes(shape, weights) - memoryBytes(rows * hidden, weights.otherBits ?? 16);
}

/** Of all devices together. */
function operationsPerSecond({device, devices = 1, activationBits = 16, efficiency = 0.7}: Serving): number {
  return (activationBits === 8 ? (device.int8Ops ?? device.flops) : device.flops) * devices * efficiency;
}

/** A ring moves 2 (n − 1) / n of the residual stream, in 16 bits, twice a layer. */
function linkSeconds({shape, device, devices = 1, efficiency = 0.7}: Serving, tokens: number): number {
  if (devices === 1) return 0;
  const moved = 2 * shape.layers * ((2 * (devices - 1)) / devices) * shape.hidden * tokens * 2;
  return moved / ((device.linkBytesPerSecond ?? slowLink) * efficiency);
}

/** PCI Express 4.0 with 16 lanes, in one direction: what devices without a link of their own share. */
const slowLink = 32e9;

/** Tokens of a request, and what an hour of one device costs. */
export interface Request {
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly dollarsPerDeviceHour: number;
}

/**
 * Dollars for a request at the batch that is served together: its share of the time for the answer's steps, and the prompt's own computation, two
 * operations for each weight and token and what the link moves for it. (answer steps + prompt) / 3600 · devices · dollars an hour of one.
 */
export function costPerRequest(serving: Serving, {promptTokens, answerTokens, dollarsPerDeviceHour}: Request): number {
  const {shape, devices = 1, batch = 1} = serving;
  const promptSeconds = (2 * matrixWeights(shape) * promptTokens) / operationsPerSecond(serving) + linkSeconds(serving, promptTokens);
  const answerSeconds = (planSpeed(serving).secondsPerStep * answerTokens) / batch;
  return ((promptSeconds + answerSeconds) / 3600) * dollarsPerDeviceHour * devices;
}

/** dollarsPerRequest · requestsPerDay · 30: dollars a month of 30 days. */
export function monthlyCost(dollarsPerRequest: number, requestsPerDay: number): number {
  return dollarsPerRequest * requestsPerDay * 30;
}
