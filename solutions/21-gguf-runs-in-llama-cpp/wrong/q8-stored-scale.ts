import {float16Bits, float16Value} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeQ8_0', check: 'the codes belong to the scale before it was rounded to float16'};

/** Divides by the float16 copy of the scale: lesson 07 does, ggml does not. */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / 32; block++) {
    const x = values.subarray(32 * block, 32 * block + 32);
    const absMax = x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const scale = Math.fround(absMax / 127);
    const stored = float16Value(float16Bits(scale));
    const inverse = stored === 0 ? 0 : 1 / stored;
    view.setUint16(34 * block, float16Bits(scale), true);
    x.forEach((value, i) => {
      const steps = Math.fround(value * inverse);
      view.setInt8(34 * block + 2 + i, Math.sign(steps) * Math.round(Math.abs(steps)));
    });
  }
  return bytes;
}
