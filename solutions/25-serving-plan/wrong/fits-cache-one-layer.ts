import type {MemoryPlan, Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'fits', check: 'the cache holds keys and values, of each layer, token and user'};

/** The cache of a single layer. */
export function fits(plan: Plan): MemoryPlan {
  const {model, gpu, gpus, weightBits, kvBits, context, batch, overheadGigabytes} = plan;
  const weights = (model.parameters * weightBits) / 8 / gpus;
  const kvCache = (2 * model.kvHeads * model.headSize * context * batch * kvBits) / 8 / gpus;
  const total = weights + kvCache + overheadGigabytes * 1e9;
  return {weights, kvCache, total, fits: total <= gpu.gigabytes * 1e9};
}
