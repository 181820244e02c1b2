import type {MemoryPlan, Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'fits', check: 'the plan is left as it was'};

/** Leaves the rounded overhead in the plan itself. */
export function fits(plan: Plan): MemoryPlan {
  Object.assign(plan, {overheadGigabytes: plan.overheadGigabytes * 1e9});
  const {model, gpu, gpus, weightBits, kvBits, context, batch, overheadGigabytes} = plan;
  const weights = (model.parameters * weightBits) / 8 / gpus;
  const kvCache = (2 * model.layers * model.kvHeads * model.headSize * context * batch * kvBits) / 8 / gpus;
  const total = weights + kvCache + overheadGigabytes;
  return {weights, kvCache, total, fits: total <= gpu.gigabytes * 1e9};
}
