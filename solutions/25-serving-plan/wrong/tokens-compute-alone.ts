import {fits} from '../answers.ts';
import type {Plan, Speed} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'one user waits for the weights'};

/** Counts the arithmetic alone: "it must multiply so much". */
export function tokensPerSecond(plan: Plan): Speed {
  const {model, gpu, gpus, batch} = plan;
  const {weights, kvCache} = fits(plan);
  const readSeconds = (weights + kvCache) / (gpu.gigabytesPerSecond * 1e9);
  const computeSeconds = (2 * model.parameters * batch) / (gpus * gpu.teraflops * 1e12);
  const stepSeconds = computeSeconds;
  return {perUser: 1 / stepSeconds, total: batch / stepSeconds, bound: readSeconds >= computeSeconds ? 'memory' : 'compute'};
}
