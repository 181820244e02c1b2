import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';

export * from '../answers.ts';

/** Plain loops; the exponent is read from the bits of the float32, as kernels do. */
export function quantizeMxfp4(x: tf.Tensor): Mxfp4 {
  const values = Float32Array.from(x.dataSync());
  const bits = new Uint32Array(values.buffer);
  const scales = new Uint8Array(values.length / 32);
  const packed = new Uint8Array(values.length / 2);
  const magnitudes = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
  for (let block = 0; block < scales.length; block++) {
    let stored = 0;
    for (let i = 32 * block; i < 32 * block + 32; i++) stored = Math.max(stored, (bits[i]! >>> 23) & 255);
    scales[block] = Math.max(stored - 2, 0);
    for (let i = 32 * block; i < 32 * block + 32; i++) {
      const scaled = Math.abs(values[i]!) / 2 ** (scales[block]! - 127);
      let code = magnitudes.findIndex((magnitude, k) => scaled <= (magnitude + (magnitudes[k + 1] ?? Infinity)) / 2);
      // On the very middle, to the even code.
      if (code % 2 === 1 && scaled === (magnitudes[code]! + (magnitudes[code + 1] ?? Infinity)) / 2) code++;
      if (values[i]! < 0) code += 8;
      packed[i >> 1]! |= i % 2 === 0 ? code : code << 4;
    }
  }
  return {shape: [...x.shape], packed, scales};
}
