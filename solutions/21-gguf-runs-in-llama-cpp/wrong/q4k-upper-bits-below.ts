import {float16Value} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantizeQ4_K', check: 'the last four are put together from two places'};

/** The two upper bits as the lowest ones. */
export function dequantizeQ4_K(bytes: Uint8Array): Float32Array {
  const values = new Float32Array((bytes.length / 144) * 256);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0; block < bytes.length / 144; block++) {
    const at = 144 * block;
    const d = float16Value(view.getUint16(at, true));
    const dmin = float16Value(view.getUint16(at + 2, true));
    const packed = bytes.subarray(at + 4, at + 16);
    const codes = bytes.subarray(at + 16, at + 144);
    for (let sub = 0; sub < 8; sub++) {
      const scale = sub < 4 ? packed[sub]! & 63 : ((packed[sub + 4]! & 15) << 2) | (packed[sub - 4]! >> 6);
      const min = sub < 4 ? packed[sub + 4]! & 63 : (packed[sub + 4]! >> 4) | ((packed[sub]! >> 6) << 4);
      for (let i = 0; i < 32; i++) {
        const byte = codes[32 * (sub >> 1) + i]!;
        const code = sub % 2 === 0 ? byte & 15 : byte >> 4;
        values[256 * block + 32 * sub + i] = d * scale * code - dmin * min;
      }
    }
  }
  return values;
}
