import {float16Bits} from '../answers.ts';

export * from '../answers.ts';

/** In float64, with a division, and without views: the scale’s two bytes by hand, codes through an Int8Array. */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const bytes: number[] = [];
  for (let from = 0; from < values.length; from += 32) {
    const x = Array.from(values.slice(from, from + 32));
    const scale = Math.max(...x.map(Math.abs)) / 127;
    const bits = float16Bits(scale);
    const codes = Int8Array.from(x, value => (scale > 0 ? Math.round(value / scale) : 0));
    bytes.push(bits & 255, bits >> 8, ...new Uint8Array(codes.buffer));
  }
  return Uint8Array.from(bytes);
}
