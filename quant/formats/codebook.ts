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

/** A codebook in order: codes[r] is the code of what lies above r of the middles between neighbouring numbers. */
export interface CodebookTable {
  readonly middles: Float32Array<ArrayBuffer>;
  readonly codes: Uint8Array<ArrayBuffer>;
}

/** By what the nearest number of a codebook is found; exactly between two numbers, the smaller one's. See `nearestCode`. */
export function codebookTable({values}: Codebook): CodebookTable {
  const codes = Uint8Array.from(values, (_, code) => code).sort((a, b) => values[a]! - values[b]!);
  const middles = Float32Array.from(codes.subarray(1), (code, i) => Math.fround(values[code]! + values[codes[i]!]!) / 2);
  return {middles, codes};
}

/** The code whose number is nearest to x; what lies beyond −1 or 1 has the code of that end. */
export function nearestCode(x: number, {middles, codes}: CodebookTable): number {
  return codes[middles.reduce((rank, middle) => rank + (x > middle ? 1 : 0), 0)]!;
}
