import type {LanguageModel} from './tiny-llama.ts';

/** A value of a GGUF file's metadata, with the type that it is stored in. */
export type MetadataValue =
  | {readonly type: 'uint32' | 'float32'; readonly value: number}
  | {readonly type: 'string'; readonly value: string}
  | {readonly type: 'bool'; readonly value: boolean}
  | {readonly type: 'array'; readonly of: 'string' | 'float32' | 'int32'; readonly value: readonly (string | number)[]};

/** Kinds of tokens in GGUF. */
const [normal, unknown, control, byte] = [1, 2, 3, 6];

/**
 * What a GGUF file must say of a model so that llama.cpp runs it: its sizes, and its tokenizer. The tensors have their names already.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function llamaMetadata({shape, tokenizer}: LanguageModel): Map<string, MetadataValue> {
  const {pieces, scores} = tokenizer.vocabulary;
  const kinds = pieces.map((piece, token) => (token === 0 ? unknown : token < 3 ? control : /^<0x..>$/.test(piece) ? byte : normal));
  const whole = (value: number): MetadataValue => ({type: 'uint32', value});
  return new Map<string, MetadataValue>([
    ['general.architecture', {type: 'string', value: 'llama'}],
    ['general.name', {type: 'string', value: 'tiny-llama'}],
    ['general.quantization_version', whole(2)],
    ['llama.vocab_size', whole(shape.vocabulary)],
    ['llama.context_length', whole(shape.contextLength)],
    ['llama.embedding_length', whole(shape.width)],
    ['llama.block_count', whole(shape.layers)],
    ['llama.feed_forward_length', whole(shape.hidden)],
    ['llama.rope.dimension_count', whole(shape.width / shape.heads)],
    ['llama.rope.freq_base', {type: 'float32', value: shape.ropeBase}],
    ['llama.attention.head_count', whole(shape.heads)],
    ['llama.attention.head_count_kv', whole(shape.heads)],
    ['llama.attention.layer_norm_rms_epsilon', {type: 'float32', value: shape.epsilon}],
    ['tokenizer.ggml.model', {type: 'string', value: 'llama'}],
    ['tokenizer.ggml.tokens', {type: 'array', of: 'string', value: pieces}],
    ['tokenizer.ggml.scores', {type: 'array', of: 'float32', value: scores}],
    ['tokenizer.ggml.token_type', {type: 'array', of: 'int32', value: kinds}],
    ['tokenizer.ggml.unknown_token_id', whole(0)],
    ['tokenizer.ggml.bos_token_id', whole(1)],
    ['tokenizer.ggml.eos_token_id', whole(2)],
    ['tokenizer.ggml.add_bos_token', {type: 'bool', value: false}],
    ['tokenizer.ggml.add_eos_token', {type: 'bool', value: false}],
    ['tokenizer.ggml.add_space_prefix', {type: 'bool', value: false}],
  ]);
}
