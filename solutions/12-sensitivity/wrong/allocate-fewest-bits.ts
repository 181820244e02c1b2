import type {Choice, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'allocateBits', check: 'the loss grows hardly more than it must'};

/** The fewest bits everywhere: it fits, and leaves the budget unused. */
export function allocateBits(rows: readonly ScanRow[], budget: number): readonly Choice[] {
  const names = [...new Set(rows.map(({layer}) => layer))];
  const own = (name: string): ScanRow[] => rows.filter(({layer}) => layer === name).sort((a, b) => a.bits - b.bits);
  void budget;
  return names.map(name => own(name)[0]!);
}
