import * as tf from '@tensorflow/tfjs-node-gpu';
import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {logitsOf} from '../answers.ts';
export * from '../answers.ts';

/** Token by token: each from the window that predicts it first; the geometric mean of 1 / p. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  let [product, predicted] = [0, 0];
  for (let at = 1; at < tokens.length; at++) {
    // The first window that ends after this token.
    const from = Math.max(0, Math.ceil((at + 1 - contextLength) / stride)) * stride;
    if (from === at) continue;
    const logits = logitsOf(model, tokens.slice(from, at));
    const p = tf.tidy(() => tf.softmax(tf.slice(logits, [at - from - 1, 0], [1, -1])).dataSync()[tokens[at]!]!);
    logits.dispose();
    product -= Math.log(p);
    predicted++;
  }
  return Math.exp(product / predicted);
}
