import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Candidate, Rating, SmallModel, Windows} from '../../exercises/17-measure-a-language-model/interface.ts';

/** Row i of the logits is about token i + 1: the last row is cut off, and so is the first token. logSoftmax cannot overflow. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const [count, vocabulary] = [tokens.length, logits.shape[1]];
    const logProbabilities = tf.logSoftmax(tf.slice(logits, [0, 0], [count - 1, vocabulary])); // [tokens − 1, vocabulary]
    const came = tf.oneHot(tf.tensor1d(tokens.slice(1), 'int32'), vocabulary);
    return -tf.mean(tf.sum(tf.mul(logProbabilities, came), 1)).dataSync()[0]!;
  });
}

/** What `model` says after each token of a window: [tokens, vocabulary]. */
export function logitsOf({table, memory}: SmallModel, window: readonly number[]): tf.Tensor2D {
  return tf.tidy(() => {
    const age = window.map((_, i) => window.map((_, j) => (j <= i ? memory ** (i - j) : 0)));
    return tf.matMul(tf.tensor2d(age), tf.gather(table, tf.tensor1d([...window], 'int32')));
  });
}

/** Σ −ln p over the text, and over how many tokens: windows begin every `stride` tokens, each counts what no window before it has counted. */
export function surprise(
  model: SmallModel,
  tokens: readonly number[],
  {contextLength, stride}: Windows,
): {nats: number; predicted: number} {
  let [nats, predicted] = [0, 0];
  for (let from = 0, done = 0; done < tokens.length; from += stride) {
    const window = tokens.slice(from, from + contextLength);
    const first = Math.max(done - from, 1); // the first token of a window has nothing before it
    const fresh = window.length - first;
    if (fresh > 0) {
      const logits = logitsOf(model, window);
      // From the row before the first fresh token on.
      const rows = tf.slice(logits, [first - 1, 0], [fresh + 1, -1]);
      nats += fresh * meanNll(rows, window.slice(first - 1));
      predicted += fresh;
      tf.dispose([logits, rows]);
    }
    done = from + window.length;
  }
  return {nats, predicted};
}

/** One division, at the end: windows weigh by what they predict. */
export function perplexity(model: SmallModel, tokens: readonly number[], windows: Windows): number {
  const {nats, predicted} = surprise(model, tokens, windows);
  return Math.exp(nats / predicted);
}

/** All models on the common text; characters are the same for all, tokens are not. What a model wrote itself says nothing. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  return candidates
    .map(({name, model, tokens}) => ({name, bitsPerCharacter: surprise(model, tokens, windows).nats / Math.LN2 / characters}))
    .sort((a, b) => a.bitsPerCharacter - b.bitsPerCharacter);
}
