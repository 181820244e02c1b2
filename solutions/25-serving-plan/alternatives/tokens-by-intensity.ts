import type {Plan, Speed} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** The roofline as it is drawn: operations for each byte against what the card has of both. */
export function tokensPerSecond(plan: Plan): Speed {
  const {model, gpu, gpus, weightBits, kvBits, context, batch} = plan;
  const bytes = (model.parameters * weightBits + 2 * model.layers * model.kvHeads * model.headSize * context * batch * kvBits) / 8;
  const operations = 2 * model.parameters * batch;
  const peak = gpus * gpu.teraflops * 1e12;
  const bandwidth = gpus * gpu.gigabytesPerSecond * 1e9;
  const reached = Math.min(peak, bandwidth * (operations / bytes));
  const perUser = reached / operations;
  return {perUser, total: batch * perUser, bound: reached < peak ? 'memory' : 'compute'};
}
