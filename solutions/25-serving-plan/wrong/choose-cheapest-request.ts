import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'the cheapest of those that meet everything'};

/** The cheapest request in place of the cheapest month. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  let best: ServingOption | null = null;
  const month = (option: ServingOption) => option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
  for (const option of options) {
    const goodEnough = option.accuracy >= accuracyFloor && option.milliseconds <= latencyCeiling && month(option) <= budgetPerMonth;
    if (goodEnough && (best === null || option.dollarsPerRequest < best.dollarsPerRequest)) best = option;
  }
  return best && {name: best.name, dollarsPerMonth: month(best)};
}
