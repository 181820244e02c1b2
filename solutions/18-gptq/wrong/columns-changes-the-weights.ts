import * as tf from '@tensorflow/tfjs-node-gpu';
import type {QuantizedWeights} from '../../../exercises/18-gptq/interface.ts';
import {inverseFactor} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeColumns', check: 'weights and Hessian are left as they were'};

/** Corrects in the very tensor that it was given. */
export function quantizeColumns(w: tf.Tensor2D, h: tf.Tensor2D, bits: number): QuantizedWeights {
  const limit = 2 ** (bits - 1) - 1;
  const [outputs, inputs] = w.shape;
  const rest = w.dataSync();
  const u = inverseFactor(h.arraySync());
  const codes = new Int32Array(rest.length);
  const scales = Array.from({length: outputs}, (_, o) => Math.max(...rest.slice(o * inputs, (o + 1) * inputs).map(Math.abs)) / limit || 1);
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++) {
      const at = o * inputs + i;
      codes[at] = Math.min(Math.max(Math.round(rest[at]! / scales[o]!), -limit), limit);
      const error = (rest[at]! - codes[at]! * scales[o]!) / u[i]![i]!;
      for (let j = i + 1; j < inputs; j++) rest[o * inputs + j]! -= error * u[i]![j]!;
    }
  w.dispose();
  return {codes: tf.tensor2d(codes, [outputs, inputs], 'int32'), scales: tf.tensor2d(scales, [outputs, 1])};
}
