import type {Choice, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'allocateBits', check: 'the loss grows hardly more than it must'};

/** Keeps the mean of the layers' bits to that of the budget: a layer of a thousand weights counts as much as one of ten. */
export function allocateBits(rows: readonly ScanRow[], budget: number): readonly Choice[] {
  const names = [...new Set(rows.map(({layer}) => layer))];
  const own = (name: string): ScanRow[] => rows.filter(({layer}) => layer === name).sort((a, b) => a.bits - b.bits);
  const chosen = new Map(names.map(name => [name, own(name)[0]!]));
  const bytesOfABit = names.reduce(
    (sum, name) => sum + (own(name)[1]!.bytes - own(name)[0]!.bytes) / (own(name)[1]!.bits - own(name)[0]!.bits),
    0,
  );
  const least = [...chosen.values()].reduce((sum, {bytes}) => sum + bytes, 0);
  let left = (names.length * (budget - least)) / bytesOfABit; // bits
  for (;;) {
    const steps = rows.flatMap(row => {
      const now = chosen.get(row.layer)!;
      const [cost, saving] = [row.bits - now.bits, now.increase - row.increase];
      return cost > 0 && cost <= left && saving > 0 ? [{row, cost, worth: saving / cost}] : [];
    });
    if (steps.length === 0) return [...chosen.values()];
    const best = steps.reduce((a, b) => (b.worth > a.worth ? b : a));
    chosen.set(best.row.layer, best.row);
    left -= best.cost;
  }
}
