import {float16Bits} from '../answers.ts';

export * from '../answers.ts';

/** Rounds and then adds 8; in float64, with a division, bytes in a list. */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  const bytes: number[] = [];
  for (let from = 0; from < values.length; from += 32) {
    const x = Array.from(values.slice(from, from + 32));
    const size = Math.max(...x.map(Math.abs));
    const scale = x.find(value => Math.abs(value) === size)! / -8;
    const codes = x.map(value => (scale === 0 ? 8 : Math.min(7, Math.round(value / scale)) + 8));
    const bits = float16Bits(scale);
    bytes.push(bits & 255, bits >> 8);
    for (let i = 0; i < 16; i++) bytes.push(codes[i]! + 16 * codes[i + 16]!);
  }
  return Uint8Array.from(bytes);
}
