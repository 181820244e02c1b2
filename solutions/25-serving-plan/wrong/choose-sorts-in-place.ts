import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'the options are left as they were'};

/** Sorts the caller’s list. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  const month = (option: ServingOption) => option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
  const first = (options as ServingOption[])
    .sort((a, b) => month(a) - month(b))
    .find(option => option.accuracy >= accuracyFloor && option.milliseconds <= latencyCeiling && month(option) <= budgetPerMonth);
  return first ? {name: first.name, dollarsPerMonth: month(first)} : null;
}
