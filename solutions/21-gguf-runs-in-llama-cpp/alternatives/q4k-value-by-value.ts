import {float16Value} from '../answers.ts';

export * from '../answers.ts';

/** One loop over the values: everything is found from a value’s index; in float32, as ggml computes. */
export function dequantizeQ4_K(bytes: Uint8Array): Float32Array {
  const f = Math.fround;
  return Float32Array.from({length: (bytes.length / 144) * 256}, (_, i) => {
    const block = bytes.subarray(144 * (i >> 8), 144 * (i >> 8) + 144);
    const [sub, inSub] = [(i >> 5) & 7, i & 31];
    const at = (byte: number): number => block[byte]!;
    const scale = sub < 4 ? at(4 + sub) & 63 : (at(8 + sub) & 15) + ((at(sub) >> 6) << 4);
    const min = sub < 4 ? at(8 + sub) & 63 : (at(8 + sub) >> 4) + ((at(4 + sub) >> 6) << 4);
    const code = (at(16 + 32 * (sub >> 1) + inSub) >> (4 * (sub & 1))) & 15;
    const d = float16Value(at(0) | (at(1) << 8));
    const dmin = float16Value(at(2) | (at(3) << 8));
    return f(f(d * scale) * code) - f(dmin * min);
  });
}
