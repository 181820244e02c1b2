import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {nearest, nf4} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeNf4', check: 'four and a half bits a weight, on real buffers'};

/** A byte for each code. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const values = w.dataSync();
  const absMax = Float32Array.from(tf.tidy(() => w.reshape([-1, blockSize]).abs().max(1).dataSync()));
  const codes = Array.from(values, (value, i) => nearest(nf4, value / (absMax[Math.floor(i / blockSize)]! || 1)));
  const packed = Uint8Array.from({length: codes.length}, (_, i) => codes[i]!);
  return {shape: w.shape, packed, absMax};
}
