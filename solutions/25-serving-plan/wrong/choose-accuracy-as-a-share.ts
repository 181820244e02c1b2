import type {Choice, Requirements, ServingOption} from '../../../exercises/25-serving-plan/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseCheapest', check: "the chatbot's pick follows its floor"};

/** Takes the accuracy for a share of 1 and the floor for one of 100. */
export function chooseCheapest(options: readonly ServingOption[], requirements: Requirements): Choice | null {
  const {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth} = requirements;
  let best: Choice | null = null;
  for (const option of options) {
    const dollarsPerMonth = option.rentPerMonth + option.dollarsPerRequest * requestsPerDay * 30;
    const goodEnough = option.accuracy / 100 >= accuracyFloor && option.milliseconds <= latencyCeiling && dollarsPerMonth <= budgetPerMonth;
    if (goodEnough && (best === null || dollarsPerMonth < best.dollarsPerMonth)) best = {name: option.name, dollarsPerMonth};
  }
  return best;
}
