import type {Sensitivity} from './sensitivity-scan.ts';

/** What an entry of a scan has to say for the allocation. */
export type AllocationOption<Choice> = Pick<Sensitivity<Choice>, 'layer' | 'choice' | 'bytes' | 'increase'>;

/** One choice for each layer, within a budget. */
export interface Allocation<Choice> {
  /** One for each layer, in the order of the entries. */
  readonly chosen: readonly AllocationOption<Choice>[];
  readonly bytes: number;
  /** Σ of the chosen increases: what the loss is expected to grow by, if layers' errors add up. */
  readonly increase: number;
  /** No choice within the budget has less: `increase` itself where the choice is proven to be the best. */
  readonly leastPossible: number;
}

/** How many partial sums are kept at most: beyond, the least promising are dropped, and the result is only as good as `leastPossible` says. */
const mostStates = 5000;

/**
 * Chooses for each layer one of its entries so that Σ increase is least and Σ bytes ≤ byteBudget, by dynamic programming over the layers (the
 * multiple-choice knapsack problem). Partial sums are kept only where none takes no more bytes at no more increase, and where the rest, chosen in
 * fractions, could still be better than a solution that is already known: the result is exact, and of equally good ones that with the fewest bytes.
 * Only where more than 5000 sums remain, as where increases are proportional to bytes, those with the worst bounds are dropped; `leastPossible` says
 * what that may have cost.
 * Source: Kellerer, Pferschy and Pisinger 2004, Knapsack Problems, chapter 11; additive increases as in HAWQ-V3, Yao et al. 2021.
 * @param entries `sensitivityScan(…).entries`
 * @throws RangeError where even the smallest entries exceed the budget, naming what they take, or an entry's numbers are not finite
 */
export function allocateBits<Choice>(entries: readonly AllocationOption<Choice>[], byteBudget: number): Allocation<Choice> {
  const names = [...new Set(entries.map(({layer}) => layer))];
  const layers = names.map(name => withoutDominated(entries.filter(({layer}) => layer === name)));
  const least = layers.reduce((sum, [smallest]) => sum + smallest!.bytes, 0);
  if (!(least <= byteBudget))
    throw new RangeError(`Expected a budget of at least ${least} bytes, which the smallest entries take, got ${byteBudget}`);
  const known = roundedDown(layers, byteBudget);
  // Sums of floats in another order: what is as good as the known solution must not be lost.
  const bound = known.increase + 1e-9 * (1 + Math.abs(known.increase));
  let states: Partial<Choice>[] = [{bytes: 0, increase: 0, possible: -Infinity}];
  let leastDropped = Infinity;
  layers.forEach((options, i) => {
    const rest = i + 1 < layers.length ? new Suffix(layers.slice(i + 1)) : undefined;
    const longer = states.flatMap(before =>
      options.flatMap((option): Partial<Choice>[] => {
        const [bytes, increase] = [before.bytes + option.bytes, before.increase + option.increase];
        const possible = rest ? increase + rest.leastIncrease(byteBudget - bytes) : bytes <= byteBudget ? increase : Infinity;
        return possible <= bound ? [{bytes, increase, possible, option, before}] : [];
      }),
    );
    states = withoutDominated(longer);
    if (states.length <= mostStates) return;
    const byPromise = states.toSorted((a, b) => a.possible - b.possible);
    leastDropped = Math.min(leastDropped, byPromise[mostStates]!.possible);
    states = byPromise.slice(0, mostStates);
  });
  // The last of a frontier has the least increase.
  const found = withoutDominated(states).at(-1);
  const best = found && found.increase <= known.increase ? found : known;
  const chosen: AllocationOption<Choice>[] = [];
  for (let state: Partial<Choice> | undefined = best; state?.option; state = state.before) chosen.unshift(state.option);
  return {chosen, bytes: best.bytes, increase: best.increase, leastPossible: Math.min(best.increase, leastDropped)};
}

interface Cost {
  readonly bytes: number;
  readonly increase: number;
}

/** The choices for the first layers. */
interface Partial<Choice> extends Cost {
  /** What the increase of all layers comes to at least, from here. */
  readonly possible: number;
  readonly option?: AllocationOption<Choice>;
  readonly before?: Partial<Choice>;
}

/** By bytes, each with less increase than those before it. */
function withoutDominated<T extends Cost>(costs: readonly T[]): T[] {
  const sorted = [...costs].sort((a, b) => a.bytes - b.bytes || a.increase - b.increase);
  let least = Infinity;
  return sorted.filter(({bytes, increase}) => {
    if (!Number.isFinite(bytes) || !Number.isFinite(increase))
      throw new RangeError(`Expected finite bytes and increases, got ${bytes} and ${increase}`);
    const better = increase < least;
    if (better) least = increase;
    return better;
  });
}

/** A way from one of a layer's choices to a larger one. */
interface Step<T extends Cost = Cost> extends Cost {
  readonly layer: number;
  readonly to: T;
}

/** The steps along the lower convex hull of a layer's choices, the most gain for a byte first. */
function hullSteps<T extends Cost>(costs: readonly T[], layer: number): Step<T>[] {
  const hull: T[] = [];
  for (const cost of costs) {
    while (hull.length >= 2 && slope(hull.at(-2)!, hull.at(-1)!) >= slope(hull.at(-1)!, cost)) hull.pop();
    hull.push(cost);
  }
  return hull.slice(1).map((to, i) => ({layer, to, bytes: to.bytes - hull[i]!.bytes, increase: to.increase - hull[i]!.increase}));
}

function slope(from: Cost, to: Cost): number {
  return (to.increase - from.increase) / (to.bytes - from.bytes);
}

function stepsOf<T extends Cost>(layers: readonly (readonly T[])[]): Step<T>[] {
  return layers.flatMap((costs, layer) => hullSteps(costs, layer)).sort((a, b) => a.increase / a.bytes - b.increase / b.bytes);
}

/** The last layers, if choices could be mixed in fractions: no whole choice is better. */
class Suffix {
  private readonly bytes: Float64Array;
  private readonly increases: Float64Array;

  constructor(layers: readonly (readonly Cost[])[]) {
    const steps = stepsOf(layers);
    this.bytes = new Float64Array(steps.length + 1);
    this.increases = new Float64Array(steps.length + 1);
    this.bytes[0] = layers.reduce((sum, [smallest]) => sum + smallest!.bytes, 0);
    this.increases[0] = layers.reduce((sum, [smallest]) => sum + smallest!.increase, 0);
    steps.forEach((step, i) => {
      this.bytes[i + 1] = this.bytes[i]! + step.bytes;
      this.increases[i + 1] = this.increases[i]! + step.increase;
    });
  }

  /** A bound from below; Infinity where not even the smallest choices fit. */
  leastIncrease(budget: number): number {
    const {bytes, increases} = this;
    if (budget < bytes[0]!) return Infinity;
    let [low, high] = [0, bytes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (bytes[middle]! <= budget) low = middle;
      else high = middle - 1;
    }
    if (low === bytes.length - 1) return increases[low]!;
    const share = (budget - bytes[low]!) / (bytes[low + 1]! - bytes[low]!);
    return increases[low]! + share * (increases[low + 1]! - increases[low]!);
  }
}

/** A whole solution near the fractional one: steps are taken in order where they fit, and none of a layer after one that did not. */
function roundedDown<Choice>(layers: readonly (readonly AllocationOption<Choice>[])[], budget: number): Partial<Choice> {
  const current = layers.map(([smallest]) => smallest!);
  let left = budget - current.reduce((sum, {bytes}) => sum + bytes, 0);
  const stopped = new Set<number>();
  for (const {layer, to, bytes} of stepsOf(layers)) {
    if (stopped.has(layer)) continue;
    if (bytes > left) {
      stopped.add(layer);
      continue;
    }
    left -= bytes;
    current[layer] = to;
  }
  return current.reduce<Partial<Choice>>(
    (before, option) => {
      const [bytes, increase] = [before.bytes + option.bytes, before.increase + option.increase];
      return {bytes, increase, possible: increase, option, before};
    },
    {bytes: 0, increase: 0, possible: -Infinity},
  );
}
