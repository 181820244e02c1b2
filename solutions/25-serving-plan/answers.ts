import type {Choice, MemoryPlan, Plan, Requirements, ServingOption, Speed} from '../../exercises/25-serving-plan/interface.ts';

/** Everything on ONE of the GPUs: they share weights and cache, each has its own overhead. */
export function fits(plan: Plan): MemoryPlan {
  const {model, gpu, gpus, weightBits, kvBits, context, batch, overheadGigabytes} = plan;
  const weights = (model.parameters * weightBits) / 8 / gpus;
  // A key and a value: 2. Heads of queries keep nothing.
  const tokenBytes = (2 * model.layers * model.kvHeads * model.headSize * kvBits) / 8;
  const kvCache = (tokenBytes * context * batch) / gpus;
  const total = weights + kvCache + overheadGigabytes * 1e9;
  return {weights, kvCache, total, fits: total <= gpu.gigabytes * 1e9};
}

/** A step makes a token for every user. It reads weights and caches once, and computes meanwhile: the longer of the two counts. */
export function tokensPerSecond(plan: Plan): Speed {
  const {model, gpu, gpus, batch} = plan;
  const {weights, kvCache} = fits(plan); // of one GPU: all of them read at the same time
  const readSeconds = (weights + kvCache) / (gpu.gigabytesPerSecond * 1e9);
  const computeSeconds = (2 * model.parameters * batch) / (gpus * gpu.teraflops * 1e12);
  const stepSeconds = Math.max(readSeconds, computeSeconds);
  return {
    perUser: 1 / stepSeconds,
    total: batch / stepSeconds,
    bound: readSeconds >= computeSeconds ? 'memory' : 'compute',
  };
}

/** What weights and overhead leave of a GPU, over what one sequence takes there. */
export function largestBatch(plan: Plan): number {
  const {total, kvCache} = fits({...plan, batch: 1});
  const left = plan.gpu.gigabytes * 1e9 - (total - kvCache);
  return Math.max(0, Math.floor(left / kvCache));
}

/** First what is good enough, then what is cheapest. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  let best: Choice | null = null;
  for (const {name, dollarsPerRequest, rentPerMonth, milliseconds, accuracy} of options) {
    const dollarsPerMonth = rentPerMonth + dollarsPerRequest * requestsPerDay * 30;
    const goodEnough = accuracy >= accuracyFloor && milliseconds <= latencyCeiling && dollarsPerMonth <= budgetPerMonth;
    if (goodEnough && (best === null || dollarsPerMonth < best.dollarsPerMonth)) best = {name, dollarsPerMonth};
  }
  return best;
}
