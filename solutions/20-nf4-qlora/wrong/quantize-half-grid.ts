import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeNf4', check: 'codes are those of the nearest number'};

/** int4 with an offset of 7: −7 … 8 of eighths. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const values = w.dataSync();
  const absMax = Float32Array.from(tf.tidy(() => w.reshape([-1, blockSize]).abs().max(1).dataSync()));
  const codes = Array.from(values, (value, i) => Math.max(0, Math.round((value / (absMax[Math.floor(i / blockSize)]! || 1)) * 7.5 + 7)));
  const packed = Uint8Array.from({length: codes.length / 2}, (_, i) => 16 * codes[2 * i]! + codes[2 * i + 1]!);
  return {shape: w.shape, packed, absMax};
}
