import type {LlamaShape, LlamaWeights} from './llama.ts';
import {llamaTensors} from './llama.ts';
import {Tokenizer, type Vocabulary} from './tokenizer.ts';
import {readWeights} from './weights.ts';

/** Two layers of four heads, in widths that blocks of 256 divide: 1.4 million parameters. */
export const tinyLlamaShape: LlamaShape = {
  vocabulary: 512,
  width: 256,
  layers: 2,
  heads: 4,
  hidden: 512,
  contextLength: 128,
  ropeBase: 10_000,
  epsilon: 1e-5,
};

/** A language model with what belongs to it. */
export interface LanguageModel {
  readonly shape: LlamaShape;
  readonly weights: LlamaWeights;
  readonly tokenizer: Tokenizer;
}

/** The language model that `data/train/tiny-llama.ts` trained on `courseText(…, 'train')`; it says what it reaches on the hidden part. */
export function tinyLlama(): LanguageModel {
  const read = readWeights('tiny-llama');
  const weights = new Map([...llamaTensors(tinyLlamaShape).keys()].map(name => [name, read(name)]));
  const vocabulary = JSON.parse(read.metadata['vocabulary']!) as Vocabulary;
  return {shape: tinyLlamaShape, weights, tokenizer: new Tokenizer(vocabulary)};
}
