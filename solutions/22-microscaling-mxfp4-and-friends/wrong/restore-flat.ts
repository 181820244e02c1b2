import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Mxfp4} from '../../../exercises/22-microscaling-mxfp4-and-friends/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantizeMxfp4', check: 'float32 comes back, in the shape that was given'};

/** Loses the shape. */
export function dequantizeMxfp4({shape, packed, scales}: Mxfp4): tf.Tensor {
  const elements = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
  const values = Float32Array.from({length: 2 * packed.length}, (_, i) => {
    const byte = packed[Math.floor(i / 2)]!;
    const code = i % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
    return elements[code]! * 2 ** (scales[Math.floor(i / 32)]! - 127);
  });
  return tf.tensor(values, [values.length / shape.length, shape.length]);
}
