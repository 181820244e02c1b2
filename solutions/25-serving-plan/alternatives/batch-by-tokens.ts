import type {Plan} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** How many tokens have room on all GPUs, and how many sequences they are. */
export function largestBatch(plan: Plan): number {
  const {model, gpu, gpus, weightBits, kvBits, context, overheadGigabytes} = plan;
  const left = gpus * (gpu.gigabytes - overheadGigabytes) * 1e9 - (model.parameters * weightBits) / 8;
  const tokenBytes = (2 * model.layers * model.kvHeads * model.headSize * kvBits) / 8;
  return left < 0 ? 0 : Math.floor(left / tokenBytes / context);
}
