import type {Choice, ScanRow} from '../../../exercises/12-sensitivity/interface.ts';

export * from '../answers.ts';

/** Layer after layer, the best sum for every number of bytes that the layers so far can take; sums that take more bytes and are no better are dropped. */
export function allocateBits(rows: readonly ScanRow[], budget: number): readonly Choice[] {
  let sums: {bytes: number; increase: number; chosen: readonly Choice[]}[] = [{bytes: 0, increase: 0, chosen: []}];
  for (const name of new Set(rows.map(({layer}) => layer))) {
    const longer = sums.flatMap(({bytes, increase, chosen}) =>
      rows
        .filter(({layer}) => layer === name)
        .map(row => ({bytes: bytes + row.bytes, increase: increase + row.increase, chosen: [...chosen, {layer: name, bits: row.bits}]})),
    );
    let least = Infinity;
    sums = longer
      .filter(({bytes}) => bytes <= budget)
      .sort((a, b) => a.bytes - b.bytes || a.increase - b.increase)
      .filter(({increase}) => increase < least && ((least = increase), true));
  }
  return sums.at(-1)!.chosen;
}
