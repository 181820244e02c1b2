import {float16Bits} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeQ8_0', check: 'each block begins with its scale as float16'};

/** The scale behind the codes in place of before them. */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / 32; block++) {
    const x = values.subarray(32 * block, 32 * block + 32);
    const absMax = x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const scale = Math.fround(absMax / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    view.setUint16(34 * block + 32, float16Bits(scale), true);
    x.forEach((value, i) => {
      const steps = Math.fround(value * inverse);
      view.setInt8(34 * block + i, Math.sign(steps) * Math.round(Math.abs(steps)));
    });
  }
  return bytes;
}
