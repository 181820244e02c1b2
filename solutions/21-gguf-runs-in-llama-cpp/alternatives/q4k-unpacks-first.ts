import {float16Value} from '../answers.ts';

export * from '../answers.ts';

/** First all eight scales and minimums, from bits in a row; then the codes, byte by byte. */
export function dequantizeQ4_K(bytes: Uint8Array): Float32Array {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; at += 144) {
    const half = (i: number): number => float16Value(bytes[at + i]! + 256 * bytes[at + i + 1]!);
    const [d, dmin] = [half(0), half(2)];
    const [a, b, c] = [0, 4, 8].map(i => Array.from(bytes.subarray(at + 4 + i, at + 8 + i))) as [number[], number[], number[]];
    const scales = [...a.map(x => x % 64), ...c.map((x, i) => (x % 16) + 16 * Math.floor(a[i]! / 64))];
    const mins = [...b.map(x => x % 64), ...c.map((x, i) => Math.floor(x / 16) + 16 * Math.floor(b[i]! / 64))];
    for (let pair = 0; pair < 4; pair++) {
      const codes = Array.from(bytes.subarray(at + 16 + 32 * pair, at + 48 + 32 * pair));
      for (const code of codes) values.push(d * scales[2 * pair]! * (code % 16) - dmin * mins[2 * pair]!);
      for (const code of codes) values.push(d * scales[2 * pair + 1]! * Math.floor(code / 16) - dmin * mins[2 * pair + 1]!);
    }
  }
  return Float32Array.from(values);
}
