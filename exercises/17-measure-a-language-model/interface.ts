import type {Tensor2D} from '@tensorflow/tfjs-core';

/** A language model small enough to be passed around: what `logitsOf` needs. */
export interface SmallModel {
  /** [vocabulary, vocabulary]: row t is what token t says about the next one. */
  readonly table: Tensor2D;
  /** How much of what was said before is still heard one token later, 0 to 1. */
  readonly memory: number;
}

export interface Windows {
  /** The most tokens that the model may see at once. */
  readonly contextLength: number;
  /** How far one window begins after the one before; at most contextLength. */
  readonly stride: number;
}

/** logits [tokens, vocabulary], of one window of tokens → mean of −ln p, in nats */
export type MeanNll = (logits: Tensor2D, tokens: readonly number[]) => number;
export type Perplexity = (model: SmallModel, tokens: readonly number[], windows: Windows) => number;

/** A model that is to be compared with others. */
export interface Candidate {
  readonly name: string;
  readonly model: SmallModel;
  /** The text in this model's own tokens; two models may cut it differently. */
  readonly tokens: readonly number[];
  /** What the model wrote when it was left alone, in its own tokens. */
  readonly sample: readonly number[];
}

export interface Rating {
  readonly name: string;
  readonly bitsPerCharacter: number;
}

/** `characters`: how long the text is. → the best first */
export type RankModels = (candidates: readonly Candidate[], characters: number, windows: Windows) => readonly Rating[];
