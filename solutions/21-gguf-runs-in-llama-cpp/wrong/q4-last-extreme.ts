import {float16Bits} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeQ4_0', check: 'of two equally large values the first decides'};

/** Of two equally large values the last one. */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 18);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / 32; block++) {
    const x = values.subarray(32 * block, 32 * block + 32);
    const extreme = x.reduce((most, value) => (Math.abs(value) >= Math.abs(most) ? value : most), 0);
    const scale = Math.fround(extreme / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const codeOf = (value: number): number => Math.min(15, Math.trunc(Math.fround(Math.fround(value * inverse) + 8.5)));
    view.setUint16(18 * block, float16Bits(scale), true);
    for (let i = 0; i < 16; i++) bytes[18 * block + 2 + i] = codeOf(x[i]!) | (codeOf(x[i + 16]!) << 4);
  }
  return bytes;
}
