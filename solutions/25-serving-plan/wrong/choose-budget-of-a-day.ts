import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'null where nothing meets everything'};

/** Compares a day with the budget of a month. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  let best: Choice | null = null;
  for (const option of options) {
    const dollarsPerMonth = option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
    const goodEnough = option.accuracy >= accuracyFloor && option.milliseconds <= latencyCeiling && dollarsPerMonth / 30 <= budgetPerMonth;
    if (goodEnough && (best === null || dollarsPerMonth < best.dollarsPerMonth)) best = {name: option.name, dollarsPerMonth};
  }
  return best;
}
