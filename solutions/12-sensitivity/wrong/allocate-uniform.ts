import type {Choice, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'allocateBits', check: 'the loss grows hardly more than it must'};

/** The same number of bits for everybody. */
export function allocateBits(rows: readonly ScanRow[], budget: number): readonly Choice[] {
  const names = [...new Set(rows.map(({layer}) => layer))];
  const own = (name: string): ScanRow[] => rows.filter(({layer}) => layer === name).sort((a, b) => a.bits - b.bits);
  const widths = own(names[0]!).map(({bits}) => bits);
  const taken = (bits: number): number => rows.filter(row => row.bits === bits).reduce((sum, {bytes}) => sum + bytes, 0);
  const width = widths.findLast(bits => taken(bits) <= budget) ?? widths[0]!;
  return names.map(layer => ({layer, bits: width}));
}
