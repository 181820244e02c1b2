import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** Prices all, drops what will not do, sorts a copy. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  const [first] = options
    .map(option => ({...option, dollarsPerMonth: option.rentPerMonth + 30 * requestsPerDay * option.dollarsPerRequest}))
    .filter(
      ({accuracy, milliseconds, dollarsPerMonth}) =>
        accuracy >= accuracyFloor && milliseconds <= latencyCeiling && dollarsPerMonth <= budgetPerMonth,
    )
    .toSorted((a, b) => a.dollarsPerMonth - b.dollarsPerMonth);
  return first ? {name: first.name, dollarsPerMonth: first.dollarsPerMonth} : null;
}
