import {fits} from '../answers.ts';
import type {Plan, Speed} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'the caches of all users are read as well'};

/** Gives each user what all get together. */
export function tokensPerSecond(plan: Plan): Speed {
  const {model, gpu, gpus, batch} = plan;
  const {weights, kvCache} = fits(plan);
  const readSeconds = (weights + kvCache) / (gpu.gigabytesPerSecond * 1e9);
  const computeSeconds = (2 * model.parameters * batch) / (gpus * gpu.teraflops * 1e12);
  const stepSeconds = Math.max(readSeconds, computeSeconds);
  return {perUser: batch / stepSeconds, total: batch / stepSeconds, bound: readSeconds >= computeSeconds ? 'memory' : 'compute'};
}
