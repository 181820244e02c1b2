import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'the cheapest of those that meet everything'};

/** The fastest that is good enough. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  const month = (option: ServingOption) => option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
  const [best] = options
    .filter(option => option.accuracy >= accuracyFloor && option.milliseconds <= latencyCeiling && month(option) <= budgetPerMonth)
    .toSorted((a, b) => a.milliseconds - b.milliseconds);
  return best ? {name: best.name, dollarsPerMonth: month(best)} : null;
}
