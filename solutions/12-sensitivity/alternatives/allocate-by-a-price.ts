import type {Choice, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

/**
 * Lagrange: puts a price on a byte, and each layer alone takes its cheapest row at this price. Bisection finds the lowest price at which all fits;
 * what is left over is spent on single steps that still fit.
 */
export function allocateBits(rows: readonly ScanRow[], budget: number): readonly Choice[] {
  const layers = [...new Set(rows.map(({layer}) => layer))].map(name => rows.filter(({layer}) => layer === name));
  const at = (price: number): ScanRow[] =>
    layers.map(own => own.reduce((best, row) => (row.increase + price * row.bytes < best.increase + price * best.bytes ? row : best)));
  const bytesAt = (chosen: readonly ScanRow[]): number => chosen.reduce((sum, {bytes}) => sum + bytes, 0);
  let [low, high] = [0, 1e9];
  for (let step = 0; step < 100; step++) {
    const middle = low === 0 ? high / 1000 : Math.sqrt(low * high);
    if (middle < 1e-15) break;
    if (bytesAt(at(middle)) <= budget) high = middle;
    else low = middle;
  }
  const chosen = bytesAt(at(0)) <= budget ? at(0) : at(high);
  for (;;) {
    const left = budget - bytesAt(chosen);
    const steps = layers.flatMap((own, i) =>
      own.filter(row => row.bytes - chosen[i]!.bytes <= left && row.increase < chosen[i]!.increase).map(row => ({i, row})),
    );
    if (steps.length === 0) return chosen;
    const saving = ({i, row}: (typeof steps)[number]): number => chosen[i]!.increase - row.increase;
    const best = steps.reduce((a, b) => (saving(b) > saving(a) ? b : a));
    chosen[best.i] = best.row;
  }
}
