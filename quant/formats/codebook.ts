/** Numbers that codes stand for, by their position: a grid whose steps need not be equal. Between −1 and 1. */
export interface Codebook {
  readonly name: string;
  readonly bits: number;
  readonly values: readonly number[];
}

/**
 * NormalFloat: each of the 16 numbers is met equally often by normal values that are scaled to a largest magnitude of 1; zero is one of them.
 * Source: Dettmers et al. 2023, QLoRA, appendix E; the float32 values of bitsandbytes.
 */
export const nf4: Codebook = {
  name: 'nf4',
  bits: 4,
  values: [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1,
  ].map(Math.fround),
};

/**
 * bitsandbytes' FP4: a sign, then twelfths in its own order of codes; E2M1 of the OCP specification is `float4e2m1`.
 * Its CPU kernel takes the middles of the numbers rounded to four digits, its CUDA kernel those of the numbers themselves, as here.
 */
export const fp4: Codebook = {
  name: 'fp4',
  bits: 4,
  values: [0, 0.0625, 8, 12, 4, 6, 2, 3, -0, -0.0625, -8, -12, -4, -6, -2, -3].map(twelfths => Math.fround(twelfths / 12)),
};

/** A table of equal cells from −1 to 1, so fine that none holds two of the middles between neighbouring numbers: one comparison decides. */
export interface CodebookTable {
  readonly cellsPerUnit: number;
  /** By cell: the middle in it, or Infinity; the code of numbers up to and with that middle; the code above it. */
  readonly middle: Float64Array;
  readonly below: Uint8Array;
  readonly above: Uint8Array;
}

/** The table by which the nearest number of a codebook is found; exactly between two numbers, the smaller one's. See `nearestCode`. */
export function codebookTable({values}: Codebook): CodebookTable {
  const order = values.map((_, code) => code).sort((a, b) => values[a]! - values[b]!);
  const middles = order.slice(1).map((code, i) => Math.fround(Math.fround(values[code]! + values[order[i]!]!) / 2));
  const gaps = middles.slice(1).map((middle, i) => middle - middles[i]!);
  const cellsPerUnit = Math.ceil(1.01 / Math.min(...gaps.filter(gap => gap > 0)));
  const cellOf = (x: number): number => ((x + 1) * cellsPerUnit) | 0;
  const cells = cellOf(1) + 1;
  const [middle, below, above] = [new Float64Array(cells).fill(Infinity), new Uint8Array(cells), new Uint8Array(cells)];
  for (let cell = 0; cell < cells; cell++) {
    const before = middles.filter(middle => cellOf(middle) < cell).length;
    const inside = middles.filter(middle => cellOf(middle) === cell);
    middle[cell] = inside[0] ?? Infinity;
    below[cell] = order[before]!;
    above[cell] = order[before + inside.length]!;
  }
  return {cellsPerUnit, middle, below, above};
}

/** The code whose number is nearest to x; what lies beyond −1 or 1 has the code of that end. */
export function nearestCode(x: number, {cellsPerUnit, middle, below, above}: CodebookTable): number {
  const cell = ((x > 1 ? 2 : x < -1 ? 0 : x + 1) * cellsPerUnit) | 0;
  return x > middle[cell]! ? above[cell]! : below[cell]!;
}
