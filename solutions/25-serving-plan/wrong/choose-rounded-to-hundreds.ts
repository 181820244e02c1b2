import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: 'the month has rent and thirty days of requests'};

/** Rounds the month to hundreds of dollars. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  let best: Choice | null = null;
  for (const option of options) {
    const dollarsPerMonth = Math.ceil((option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30) / 100) * 100;
    const goodEnough = option.accuracy >= accuracyFloor && option.milliseconds <= latencyCeiling && dollarsPerMonth <= budgetPerMonth;
    if (goodEnough && (best === null || dollarsPerMonth < best.dollarsPerMonth)) best = {name: option.name, dollarsPerMonth};
  }
  return best;
}
