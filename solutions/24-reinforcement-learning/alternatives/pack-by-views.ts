import type {IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** The size first, then a DataView over the buffer; scales are rounded to the nearest bfloat16 in place of cut. */
export function packPolicy(layers: readonly IntegerLayer[], bits: number): Uint8Array {
  const codeBytes = layers.map(({codes}) => Math.ceil((codes.length * bits) / 8));
  const size = layers.reduce((sum, {inputs, outputs}, i) => sum + codeBytes[i]! + 2 * inputs + 4 * outputs, 0);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const float = new DataView(new ArrayBuffer(4));
  let at = 0;
  layers.forEach(({codes, inputScales, scales, bias}, i) => {
    codes.forEach((code, n) => {
      const bit = n * bits;
      file[at + (bit >> 3)]! |= (code & ((1 << bits) - 1)) << (bit & 7);
    });
    at += codeBytes[i]!;
    for (const scale of [...inputScales, ...scales]) {
      float.setFloat32(0, scale);
      view.setUint16(at, (float.getUint32(0) + 0x8000) >>> 16, true);
      at += 2;
    }
    for (const b of bias) {
      view.setInt16(at, b < 0 ? Math.max(b, -(2 ** 15)) : Math.min(b, 2 ** 15 - 1), true);
      at += 2;
    }
  });
  return file;
}
