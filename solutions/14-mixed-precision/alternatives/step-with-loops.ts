import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Step, StepOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

/** Loops over plain arrays. */
export function applyGradients(
  masters: readonly tf.Tensor[],
  scaled: readonly tf.Tensor[],
  {scale, learningRate, maxNorm}: StepOptions,
): Step {
  const all = scaled.map(gradient => gradient.dataSync());
  let sum = 0;
  let taken = true;
  for (const values of all) {
    for (const value of values) {
      if (!Number.isFinite(value)) taken = false;
      sum += (value / scale) ** 2;
    }
  }
  const norm = Math.sqrt(sum);
  const weights = masters.map((master, i) => {
    const values = Float32Array.from(master.dataSync());
    if (taken)
      values.forEach((value, j) => (values[j] = value - (learningRate * Math.min(1, maxNorm / (norm || 1)) * all[i]![j]!) / scale));
    return tf.tensor(values, master.shape);
  });
  return {weights, taken};
}
