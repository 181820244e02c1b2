import {fits} from '../answers.ts';
import type {Plan, Speed} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** Rates in place of times: the lower one counts. */
export function tokensPerSecond(plan: Plan): Speed {
  const {model, gpu, gpus, batch} = plan;
  const {weights, kvCache} = fits(plan);
  const readsPerSecond = (gpu.gigabytesPerSecond * 1e9) / (weights + kvCache);
  const computesPerSecond = (gpus * gpu.teraflops * 1e12) / (2 * model.parameters * batch);
  const perUser = Math.min(readsPerSecond, computesPerSecond);
  return {perUser, total: perUser * batch, bound: perUser === readsPerSecond ? 'memory' : 'compute'};
}
