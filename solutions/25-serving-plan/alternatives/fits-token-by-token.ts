import type {MemoryPlan, Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** Keys and values layer by layer, in gigabytes. */
export function fits(plan: Plan): MemoryPlan {
  const {model, gpu, gpus, weightBits, kvBits, context, batch, overheadGigabytes} = plan;
  let kvGigabytes = 0;
  for (let layer = 0; layer < model.layers; layer++) {
    const keys = ((kvBits / 8) * model.kvHeads * model.headSize * context * batch) / 1e9;
    const values = keys;
    kvGigabytes += (keys + values) / gpus;
  }
  const weightGigabytes = ((model.parameters / 1e9) * (weightBits / 8)) / gpus;
  const needed = weightGigabytes + kvGigabytes + overheadGigabytes;
  return {weights: weightGigabytes * 1e9, kvCache: kvGigabytes * 1e9, total: needed * 1e9, fits: needed <= gpu.gigabytes};
}
