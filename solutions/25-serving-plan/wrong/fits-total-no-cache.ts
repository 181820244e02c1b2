import type {MemoryPlan, Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'fits', check: 'the total is weights, cache and overhead'};

/** Counts the weights alone, and the overhead. */
export function fits(plan: Plan): MemoryPlan {
  const {model, gpu, gpus, weightBits, kvBits, context, batch, overheadGigabytes} = plan;
  const weights = (model.parameters * weightBits) / 8 / gpus;
  const kvCache = (2 * model.layers * model.kvHeads * model.headSize * context * batch * kvBits) / 8 / gpus;
  const total = weights + overheadGigabytes * 1e9;
  return {weights, kvCache, total, fits: total <= gpu.gigabytes * 1e9};
}
