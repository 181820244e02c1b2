import {fits} from '../answers.ts';
import type {Plan, Speed} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'the plan is left as it was'};

/** Turns the card’s GB/s into bytes in the plan itself. */
export function tokensPerSecond(plan: Plan): Speed {
  Object.assign(plan, {gpu: {...plan.gpu, gigabytesPerSecond: plan.gpu.gigabytesPerSecond * 1e9}});
  const {model, gpu, gpus, batch} = plan;
  const {weights, kvCache} = fits(plan);
  const readSeconds = (weights + kvCache) / gpu.gigabytesPerSecond;
  const computeSeconds = (2 * model.parameters * batch) / (gpus * gpu.teraflops * 1e12);
  const stepSeconds = Math.max(readSeconds, computeSeconds);
  return {perUser: 1 / stepSeconds, total: batch / stepSeconds, bound: readSeconds >= computeSeconds ? 'memory' : 'compute'};
}
