import {float16Bits} from '../answers.ts';

export * from '../answers.ts';

/** Block by block, each a small array of its own, joined at the end. */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const blockOf = (x: Float32Array): Uint8Array => {
    let absMax = 0;
    for (const value of x) if (Math.abs(value) > absMax) absMax = Math.abs(value);
    const block = new Uint8Array(34);
    new Uint16Array(block.buffer, 0, 1)[0] = float16Bits(absMax / 127);
    const codes = new Int8Array(block.buffer, 2);
    if (absMax > 0) for (let i = 0; i < 32; i++) codes[i] = Math.round((x[i]! * 127) / absMax);
    return block;
  };
  const bytes = new Uint8Array((34 * values.length) / 32);
  for (let i = 0; i < values.length / 32; i++) bytes.set(blockOf(values.subarray(32 * i, 32 * i + 32)), 34 * i);
  return bytes;
}
