import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {nf4} from '../answers.ts';

export * from '../answers.ts';

/** Block by block in plain loops, with bits shifted into their places. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const values = w.dataSync();
  const absMax = new Float32Array(values.length / blockSize);
  const packed = new Uint8Array(values.length / 2);
  for (let block = 0; block < absMax.length; block++) {
    const from = block * blockSize;
    for (let i = from; i < from + blockSize; i++) absMax[block] = Math.max(absMax[block]!, Math.abs(values[i]!));
    for (let i = from; i < from + blockSize; i++) {
      let [code, least] = [7, Infinity];
      for (const [candidate, number] of nf4.entries()) {
        const distance = Math.abs(number * absMax[block]! - values[i]!);
        if (distance < least && absMax[block]! > 0) [code, least] = [candidate, distance];
      }
      packed[i >> 1]! |= code << (i % 2 === 0 ? 4 : 0);
    }
  }
  return {shape: w.shape, packed, absMax};
}
