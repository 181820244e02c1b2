import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'the cheapest of those that meet everything'};

/** The most accuracy for a dollar, which looks clever and drops no option that is too bad. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, latencyCeiling, budgetPerMonth} = requirements;
  const month = (option: ServingOption) => option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
  const [best] = options
    .filter(option => option.milliseconds <= latencyCeiling && month(option) <= budgetPerMonth)
    .toSorted((a, b) => b.accuracy / month(b) - a.accuracy / month(a));
  return best ? {name: best.name, dollarsPerMonth: month(best)} : null;
}
