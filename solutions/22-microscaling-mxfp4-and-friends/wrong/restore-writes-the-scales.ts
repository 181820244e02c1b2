import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantizeMxfp4', check: 'codes and scales are left as they were'};

/** Takes the bias from the scales that it was given, in place. */
export function dequantizeMxfp4({shape, packed, scales}: Mxfp4): tf.Tensor {
  const elements = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
  for (let i = 0; i < scales.length; i++) scales[i] = scales[i]! + 128;
  const values = Float32Array.from({length: 2 * packed.length}, (_, i) => {
    const byte = packed[Math.floor(i / 2)]!;
    const code = i % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
    return elements[code]! * 2 ** (scales[Math.floor(i / 32)]! - 255 + (scales[Math.floor(i / 32)]! < 128 ? 256 : 0));
  });
  return tf.tensor(values, [...shape]);
}
