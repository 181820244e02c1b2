import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {nearest, nf4} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeNf4', check: 'each block has its largest magnitude'};

/** Blocks over three root mean squares in place of the largest magnitude. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const values = w.dataSync();
  const absMax = Float32Array.from(tf.tidy(() => w.reshape([-1, blockSize]).square().mean(1).sqrt().mul(3).dataSync()));
  const codes = Array.from(values, (value, i) => nearest(nf4, value / (absMax[Math.floor(i / blockSize)]! || 1)));
  const packed = Uint8Array.from({length: codes.length / 2}, (_, i) => 16 * codes[2 * i]! + codes[2 * i + 1]!);
  return {shape: w.shape, packed, absMax};
}
