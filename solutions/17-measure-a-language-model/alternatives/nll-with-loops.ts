import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

/** Loops: the largest logit is taken away before the exponential. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  const values = logits.dataSync();
  const vocabulary = logits.shape[1];
  let sum = 0;
  for (let i = 0; i + 1 < tokens.length; i++) {
    const row = Array.from(values.subarray(i * vocabulary, (i + 1) * vocabulary));
    const largest = Math.max(...row);
    sum += largest + Math.log(row.reduce((total, value) => total + Math.exp(value - largest), 0)) - row[tokens[i + 1]!]!;
  }
  return sum / (tokens.length - 1);
}
