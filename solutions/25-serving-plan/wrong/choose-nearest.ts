import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'null where nothing meets everything'};

/** Where nothing meets everything, the cheapest of all. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  const month = (option: ServingOption) => option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
  const rising = options.toSorted((a, b) => month(a) - month(b));
  const good = rising.find(
    option => option.accuracy >= accuracyFloor && option.milliseconds <= latencyCeiling && month(option) <= budgetPerMonth,
  );
  const picked = good ?? rising[0]!;
  return {name: picked.name, dollarsPerMonth: month(picked)};
}
