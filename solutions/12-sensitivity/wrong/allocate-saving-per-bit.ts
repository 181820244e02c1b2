import type {Choice, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'allocateBits', check: 'a small layer is not starved by a large one'};

/** What a bit saves, not what a byte saves: a bit of a large layer costs as much as one of a small layer. */
export function allocateBits(rows: readonly ScanRow[], budget: number): readonly Choice[] {
  const names = [...new Set(rows.map(({layer}) => layer))];
  const own = (name: string): ScanRow[] => rows.filter(({layer}) => layer === name).sort((a, b) => a.bits - b.bits);
  const chosen = new Map(names.map(name => [name, own(name)[0]!]));
  let left = budget - [...chosen.values()].reduce((sum, {bytes}) => sum + bytes, 0);
  for (;;) {
    const steps = rows.flatMap(row => {
      const now = chosen.get(row.layer)!;
      const [cost, saving] = [row.bytes - now.bytes, now.increase - row.increase];
      return cost > 0 && cost <= left && saving > 0 ? [{row, cost, worth: saving / (row.bits - now.bits)}] : [];
    });
    if (steps.length === 0) return [...chosen.values()];
    const best = steps.reduce((a, b) => (b.worth > a.worth ? b : a));
    chosen.set(best.row.layer, best.row);
    left -= best.cost;
  }
}
