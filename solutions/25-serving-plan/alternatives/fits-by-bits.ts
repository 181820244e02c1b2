import type {MemoryPlan, Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** Counts bits on all GPUs together, then turns to bytes on one. */
export function fits(plan: Plan): MemoryPlan {
  const {model, gpu, gpus} = plan;
  const tokens = plan.context * plan.batch;
  const numbersOfToken = model.layers * [model.headSize, model.headSize].reduce((sum, size) => sum + size * model.kvHeads, 0);
  const onOne = (bits: number) => bits / (8 * gpus);
  const weights = onOne(model.parameters * plan.weightBits);
  const kvCache = onOne(tokens * numbersOfToken * plan.kvBits);
  const total = weights + kvCache + 1e9 * plan.overheadGigabytes;
  return {weights, kvCache, total, fits: gpu.gigabytes - total / 1e9 >= 0};
}
