import type {Draw} from '../../data/draw.ts';
import {memoryBytes} from '../../quant/plan/memory.ts';
import {planMemory, type Serving} from '../../quant/plan/serving.ts';
import {countParameters, type ModelShape} from '../../quant/plan/shape.ts';
import type {Plan, ServingOption} from './interface.ts';

/** A plan as the learner gets it, and as the toolkit does: the judge's reference. */
export interface DrawnPlan {
  readonly plan: Plan;
  readonly serving: Serving;
}

/** What of a plan is not left to chance. */
export interface Wanted {
  readonly gpus?: number;
  readonly batch?: number;
  readonly weightBits?: number;
  readonly kvBits?: number;
  /** The cache's share of the weights' bytes, from which the context follows; otherwise `context`. */
  readonly cacheShare?: number;
  readonly context?: number;
}

/** A model with grouped heads on one to four GPUs, with enough memory for anything; `withMemory` gives it less. */
export function drawPlan(draw: Draw, wanted: Wanted): DrawnPlan {
  const shape = drawShape(draw);
  const {
    gpus = draw.pick([1, 2, 4]),
    batch = draw.integer(2, 24),
    weightBits = draw.pick([4.5, 8, 16]),
    kvBits = draw.pick([8, 16]),
  } = wanted;
  const parameters = countParameters(shape).total;
  const tokenBytes = memoryBytes(2 * shape.layers * shape.kvHeads * shape.headSize, kvBits);
  const share = wanted.cacheShare ?? 0.5;
  const context = wanted.context ?? Math.max(1, Math.round((share * memoryBytes(parameters, weightBits)) / (tokenBytes * batch)));
  const gigabytesPerSecond = draw.integer(400, 4000);
  const plan: Plan = {
    model: {
      name: `drawn ${(parameters / 1e9).toFixed(1)}B`,
      parameters,
      layers: shape.layers,
      heads: shape.heads,
      kvHeads: shape.kvHeads,
      headSize: shape.headSize,
    },
    gpu: {
      name: 'drawn',
      gigabytes: 1e4,
      gigabytesPerSecond,
      // Operations for each byte as data-centre cards have them: 150 (A100) to 300 (H100).
      teraflops: Math.round((gigabytesPerSecond * draw.uniform(150, 300)) / 1000),
    },
    gpus,
    weightBits,
    kvBits,
    context,
    batch,
    overheadGigabytes: Math.ceil((draw.uniform(0.1, 0.25) * 10 * memoryBytes(parameters, weightBits)) / gpus / 1e9) / 10,
  };
  return withPlan(shape, plan);
}

/** The same plan on GPUs of other memory. */
export function withMemory({plan, serving}: DrawnPlan, gigabytes: number): DrawnPlan {
  return withPlan(serving.shape, {...plan, gpu: {...plan.gpu, gigabytes}});
}

/** Bytes on each GPU by the toolkit, without the activations, which the lesson counts as overhead. */
export function referenceMemory({serving}: DrawnPlan): {readonly weights: number; readonly kvCache: number; readonly total: number} {
  const {weights, kvCache, overhead} = planMemory(serving);
  return {weights, kvCache, total: weights + kvCache + overhead};
}

/** All parameters stand in the layers' matrices: a vocabulary of one. Keys and values have four or eight times fewer heads than queries. */
function drawShape(draw: Draw): ModelShape {
  const kvHeads = draw.pick([4, 8]);
  const heads = kvHeads * draw.pick([4, 8]);
  const headSize = draw.pick([96, 128]);
  const hidden = heads * headSize;
  return {
    name: 'drawn',
    layers: draw.integer(24, 90),
    hidden,
    heads,
    kvHeads,
    headSize,
    intermediate: draw.integer(2, 4) * hidden,
    feedForward: 'gated',
    vocabulary: 1,
    positions: 0,
    tiedEmbeddings: true,
    biases: false,
    source: 'drawn',
  };
}

/** Links without end and software without losses: the roofline alone. */
function withPlan(shape: ModelShape, plan: Plan): DrawnPlan {
  const {gpu, gpus, weightBits, kvBits, context, batch, overheadGigabytes} = plan;
  const device = {
    name: gpu.name,
    memoryBytes: gpu.gigabytes * 1e9,
    bytesPerSecond: gpu.gigabytesPerSecond * 1e9,
    flops: gpu.teraflops * 1e12,
    linkBytesPerSecond: Number.POSITIVE_INFINITY,
    source: 'drawn',
    date: '',
  };
  return {
    plan,
    serving: {
      shape,
      weights: {bits: weightBits, otherBits: weightBits},
      device,
      devices: gpus,
      batch,
      tokens: context,
      kvBits,
      overheadBytes: overheadGigabytes * 1e9,
      efficiency: 1,
    },
  };
}

/** The FAQ chatbot's options. INT8's row, and INT4's price for a request, are reconstructed: the lesson says how. */
export const faqOptions: readonly ServingOption[] = [
  {name: 'GPT-4-class model', dollarsPerRequest: 0.03, rentPerMonth: 0, milliseconds: 800, accuracy: 99},
  {name: 'small model, FP16', dollarsPerRequest: 0.002, rentPerMonth: 0, milliseconds: 120, accuracy: 98},
  {name: 'small model, INT8', dollarsPerRequest: 0.001, rentPerMonth: 0, milliseconds: 100, accuracy: 97},
  {name: 'small model, INT4', dollarsPerRequest: 0.0005, rentPerMonth: 0, milliseconds: 80, accuracy: 95},
];
