import type {tf} from '../../../backend/core.ts';

/** Logits [tokens, vocabulary], row-major: row i is for what comes after token i. A tensor is disposed once it is read. */
export type Logits = ArrayLike<number> | tf.Tensor;

/** The windows in which `perplexity` reads a text. */
export interface PerplexityOptions {
  /** The most tokens that the model sees at once. */
  readonly contextLength: number;
  /** How far one window begins after the one before: contextLength without it. A smaller one gives each token more to look back on, and costs more. */
  readonly stride?: number;
}

/** What `perplexity` measures. */
export interface Perplexity {
  /** exp(meanNll) */
  readonly perplexity: number;
  /** The mean of −ln p(token | tokens before it in its window), in nats, over the predicted tokens. */
  readonly meanNll: number;
  /** How many tokens were predicted: none twice; the first of a window only where another window holds it too. */
  readonly predicted: number;
  readonly windows: number;
}

/**
 * How well a language model predicts a text: exp(Σ −ln p(xₜ | the window before xₜ) / predicted), on windows of `contextLength` tokens that begin every
 * `stride` tokens. The logits of token i are held against token i + 1; where windows overlap, only tokens that no earlier window predicted count, and
 * windows weigh by how many they predict.
 * Source: Jelinek et al. 1977; the strided windows of Hugging Face's `transformers`, "Perplexity of fixed-length models".
 * @param tokens the text, as whole numbers below the vocabulary's size
 * @param logitsOf runs the model on a window [n ≤ contextLength] of the text
 * @throws RangeError where there are fewer than two tokens, a stride leaves tokens out, logits are no whole rows or NaN, or a token is outside them
 */
export async function perplexity(
  tokens: ArrayLike<number>,
  logitsOf: (window: Int32Array) => Logits | Promise<Logits>,
  {contextLength, stride = contextLength}: PerplexityOptions,
): Promise<Perplexity> {
  if (tokens.length < 2) throw new RangeError(`Expected at least two tokens, one to predict another from, got ${tokens.length}`);
  if (!Number.isInteger(contextLength) || contextLength < 2)
    throw new RangeError(`Expected a contextLength of at least 2 tokens, got ${contextLength}`);
  if (!Number.isInteger(stride) || stride < 1 || stride > contextLength)
    throw new RangeError(`Expected a stride from 1 to contextLength (${contextLength}), got ${stride}`);
  const bad = Array.from(tokens).findIndex(token => !Number.isInteger(token));
  if (bad >= 0) throw new RangeError(`Expected tokens that are whole numbers, got ${tokens[bad]} at ${bad}`);
  const text = Int32Array.from(tokens);
  let [nll, predicted, windows] = [0, 0, 0];
  for (let from = 0, done = 0; done < text.length; from += stride, windows++) {
    const window = text.subarray(from, from + contextLength);
    // The first token of a window has nothing before it.
    const first = Math.max(done - from, 1);
    if (first < window.length) nll += sumNll(await valuesOf(await logitsOf(window.slice())), window, first);
    predicted += Math.max(window.length - first, 0);
    done = from + window.length;
  }
  return {perplexity: Math.exp(nll / predicted), meanNll: nll / predicted, predicted, windows};
}

/** Σ −ln softmax(logits[t − 1])[window[t]] for t from `first` on. */
function sumNll(logits: ArrayLike<number>, window: Int32Array, first: number): number {
  const vocabulary = logits.length / window.length;
  if (!Number.isInteger(vocabulary) || vocabulary === 0)
    throw new RangeError(`Expected a row of logits for each of ${window.length} tokens, got ${logits.length} values`);
  let sum = 0;
  for (let t = first; t < window.length; t++) {
    const token = window[t]!;
    if (token < 0 || token >= vocabulary)
      throw new RangeError(`Expected tokens from 0 to ${vocabulary - 1}, as many as a row of logits has, got ${token}`);
    sum += logSumExp(logits, (t - 1) * vocabulary, t * vocabulary) - logits[(t - 1) * vocabulary + token]!;
  }
  if (Number.isNaN(sum)) throw new RangeError('Expected logits that are numbers, got NaN; look for an overflow in the model');
  return sum;
}

function logSumExp(values: ArrayLike<number>, from: number, to: number): number {
  let largest = -Infinity;
  for (let i = from; i < to; i++) largest = Math.max(largest, values[i]!);
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}

async function valuesOf(logits: Logits): Promise<ArrayLike<number>> {
  if (!('dataSync' in logits)) return logits;
  const values = await logits.data();
  logits.dispose();
  return values;
}
