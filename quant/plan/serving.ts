import type {Hardware} from './hardware.ts';
import {activationBytes, kvCacheBytes, weightBytes, type WeightFormat} from './memory.ts';
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
  readonly kvBits?: number;
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

/** Memory of each device. @throws RangeError where the heads of keys and values cannot be split between the devices */
export function planMemory(serving: Serving): MemoryPlan {
  const {shape, weights, device, tokens, devices = 1, batch = 1, kvBits = 16, overheadBytes = 2e9} = serving;
  if (!Number.isInteger(devices) || devices < 1 || shape.kvHeads % devices !== 0)
    throw new RangeError(
      `Expected a number of devices that divides the ${shape.kvHeads} heads of keys and values of ${shape.name}, got ${devices}`,
    );
  const plan = {
    weights: weightBytes(shape, weights) / devices,
    kvCache: kvCacheBytes(shape, {tokens, batch, bits: kvBits}) / devices,
    // Decoding holds one token of each sequence at a time.
    activations: activationBytes(shape, {tokens: 1, batch}),
    overhead: overheadBytes,
  };
  const total = plan.weights + plan.kvCache + plan.activations + plan.overhead;
  return {...plan, total, available: device.memoryBytes, fits: total <= device.memoryBytes};
}

/** The most sequences whose caches fit beside the weights; 0 where the weights alone do not. */
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
 * The roofline of decoding: a step reads all weights and caches once, and computes two operations for each weight and sequence; what takes longer
 * counts. Between devices each layer adds up its results twice, which comes on top.
 * Source: Williams et al. 2009, Roofline; Pope et al. 2022, Efficiently Scaling Transformer Inference, section 2.
 */
export function planSpeed(serving: Serving): SpeedPlan {
  const {shape, device, devices = 1, batch = 1, efficiency = 0.7} = serving;
  const {weights, kvCache} = planMemory(serving);
  const {attention, feedForward} = countParameters(shape);
  const memory = (weights + kvCache) / (device.bytesPerSecond * efficiency);
  const compute = (2 * (attention + feedForward + shape.vocabulary * shape.hidden) * batch) / devices / (device.flops * efficiency);
  // A ring moves 2 (n − 1) / n of the residual stream, in 16 bits, twice a layer.
  const moved = devices === 1 ? 0 : 2 * shape.layers * ((2 * (devices - 1)) / devices) * shape.hidden * batch * 2;
  const link = moved === 0 ? 0 : moved / ((device.linkBytesPerSecond ?? slowLink) * efficiency);
  const secondsPerStep = Math.max(memory, compute) + link;
  const bound = link > Math.max(memory, compute) ? 'link' : memory >= compute ? 'memory' : 'compute';
  return {secondsPerStep, bound, tokensPerSecond: 1 / secondsPerStep, totalTokensPerSecond: batch / secondsPerStep};
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
 * Dollars for a request at the batch that is served together: its share of the time for the answer's steps, and the prompt's own computation.
 */
export function costPerRequest(serving: Serving, {promptTokens, answerTokens, dollarsPerDeviceHour}: Request): number {
  const {shape, device, devices = 1, batch = 1, efficiency = 0.7} = serving;
  const {attention, feedForward} = countParameters(shape);
  const promptSeconds = (2 * (attention + feedForward) * promptTokens) / devices / (device.flops * efficiency);
  const answerSeconds = (planSpeed(serving).secondsPerStep * answerTokens) / batch;
  return ((promptSeconds + answerSeconds) / 3600) * dollarsPerDeviceHour * devices;
}
