import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {nf4} from '../answers.ts';

export * from '../answers.ts';

/** By bisection in the sorted middles, with the inverse of each absMax, as bitsandbytes computes it. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const values = w.dataSync();
  const absMax = new Float32Array(values.length / blockSize);
  values.forEach((value, i) => (absMax[Math.floor(i / blockSize)] = Math.max(absMax[Math.floor(i / blockSize)]!, Math.abs(value))));
  const inverse = absMax.map(value => (value === 0 ? 0 : 1 / value));
  const codeOf = (x: number): number => {
    let [low, high] = [0, 15];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x > (nf4[middle]! + nf4[middle + 1]!) / 2) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const codes = Uint8Array.from(values, (value, i) => codeOf(value * inverse[Math.floor(i / blockSize)]!));
  return {shape: w.shape, packed: codes.filter((_, i) => i % 2 === 0).map((code, i) => (code << 4) | codes[2 * i + 1]!), absMax};
}
