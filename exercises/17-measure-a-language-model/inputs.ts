import type {Draw} from '../../data/draw.ts';
import {perplexity} from '../../quant/methods/language/perplexity.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import type {Windows} from './interface.ts';

/** A model as it crosses the pipe. */
export interface PlainModel {
  readonly table: TensorData;
  readonly memory: number;
}

/** A model that hardly ever expects the token that has just come: to hold a row against the wrong token shows. */
export function drawModel(draw: Draw, vocabulary: number, memory = draw.uniform(0.4, 0.6)): PlainModel {
  const table = draw.tensor([vocabulary, vocabulary], (d, i) => (i % (vocabulary + 1) === 0 ? -4 : d.normal(0, 1.5)));
  return {table, memory};
}

/** A text that the model knows: of three tokens two are the ones that it expects. */
export function drawTokens(draw: Draw, count: number, {table, memory}: PlainModel): number[] {
  const vocabulary = table.shape[1]!;
  const tokens = [draw.integer(0, vocabulary - 1)];
  const heard = new Float64Array(vocabulary);
  while (tokens.length < count) {
    for (let v = 0; v < vocabulary; v++) heard[v] = memory * heard[v]! + table.data[tokens.at(-1)! * vocabulary + v]!;
    tokens.push(draw.uniform() < 2 / 3 ? heard.indexOf(Math.max(...heard)) : draw.integer(0, vocabulary - 1));
  }
  return tokens;
}

/** The judge's own pass: row i = Σ over j ≤ i of memory^(i − j) · table[token j], row-major. */
export function logitsOf({table, memory}: PlainModel, window: ArrayLike<number>): Float64Array {
  const vocabulary = table.shape[1]!;
  const logits = new Float64Array(window.length * vocabulary);
  for (let i = 0; i < window.length; i++)
    for (let v = 0; v < vocabulary; v++) {
      const before = i === 0 ? 0 : logits[(i - 1) * vocabulary + v]!;
      logits[i * vocabulary + v] = memory * before + table.data[window[i]! * vocabulary + v]!;
    }
  return logits;
}

/** The toolkit's measure: perplexity, and how many tokens were predicted. */
export function measured(model: PlainModel, tokens: readonly number[], windows: Windows): ReturnType<typeof perplexity> {
  return perplexity(tokens, window => logitsOf(model, window), windows);
}

/** Text that the model writes: the likeliest token again and again. */
export function ownText(model: PlainModel, first: number, count: number): number[] {
  const text = [first];
  const vocabulary = model.table.shape[1]!;
  while (text.length < count) {
    const last = logitsOf(model, text).subarray(-vocabulary);
    text.push(last.indexOf(Math.max(...last)));
  }
  return text;
}
