import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

/** One pass, in which what will not do costs more than any budget. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const priced = options.map(option => {
    const requests = requirements.requestsPerDay * 30;
    const dollarsPerMonth = option.rentPerMonth + requests * option.dollarsPerRequest;
    const fails = [
      option.accuracy < requirements.accuracyFloor,
      option.milliseconds > requirements.latencyCeiling,
      dollarsPerMonth > requirements.budgetPerMonth,
    ];
    return {name: option.name, dollarsPerMonth: fails.includes(true) ? Number.POSITIVE_INFINITY : dollarsPerMonth};
  });
  const least = Math.min(...priced.map(({dollarsPerMonth}) => dollarsPerMonth));
  return priced.find(({dollarsPerMonth}) => dollarsPerMonth === least && least < Number.POSITIVE_INFINITY) ?? null;
}
