/** The sizes of a decoder-only transformer: all that its memory and its speed depend on. */
export interface ModelShape {
  readonly name: string;
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hidden: number;
  readonly heads: number;
  /** Heads of keys and values; fewer than `heads` where they are shared by groups. */
  readonly kvHeads: number;
  readonly headSize: number;
  /** Width between the two matrices of a feed-forward layer. */
  readonly intermediate: number;
  /** `gated`: three matrices, as SwiGLU; `plain`: two. */
  readonly feedForward: 'gated' | 'plain';
  readonly vocabulary: number;
  /** Learned positions, as GPT-2 has them; 0 where positions are computed. */
  readonly positions: number;
  /** The output layer is the token embedding. */
  readonly tiedEmbeddings: boolean;
  /** Linear and norm layers have biases, as in GPT-2. */
  readonly biases: boolean;
  /** Where else attention has biases: at queries, keys and values (Qwen 2), or at the matrix back to the residual stream too. */
  readonly attentionBiases?: 'queryKeyValue' | 'all';
  /** Queries and keys are normalized head by head, as in Qwen 3. */
  readonly headNorms?: boolean;
  /** 2 without it; Gemma 2 has 4. */
  readonly normsPerLayer?: number;
  /** Source of the sizes. */
  readonly source: string;
}

/** Parameters by what they do; `embeddings` are tokens, positions and the output layer where it is its own. */
export interface ParameterCount {
  readonly embeddings: number;
  readonly attention: number;
  readonly feedForward: number;
  readonly norms: number;
  readonly total: number;
}

/**
 * How many parameters a model of this shape has, exactly. Attention: hidden · (heads + 2 · kvHeads) · headSize + heads · headSize · hidden for each
 * layer; feed-forward: 3 · hidden · intermediate where gated, else 2; and biases, norms and embeddings.
 */
export function countParameters(shape: ModelShape): ParameterCount {
  const {layers, hidden, heads, kvHeads, headSize, intermediate, vocabulary, positions, biases, attentionBiases} = shape;
  const {headNorms = false, normsPerLayer = 2} = shape;
  const bias = biases ? 1 : 0;
  const inBias = biases || attentionBiases ? 1 : 0;
  const outBias = biases || attentionBiases === 'all' ? 1 : 0;
  const embeddings = (vocabulary * (shape.tiedEmbeddings ? 1 : 2) + positions) * hidden;
  // Queries, keys and values, then back to the residual stream.
  const attention = layers * ((hidden + inBias) * (heads + 2 * kvHeads) * headSize + (heads * headSize + outBias) * hidden);
  const up = shape.feedForward === 'gated' ? 2 : 1;
  const feedForward = layers * (up * (hidden + bias) * intermediate + (intermediate + bias) * hidden);
  const norms = (normsPerLayer * layers + 1) * hidden * (1 + bias) + (headNorms ? 2 * headSize * layers : 0);
  return {embeddings, attention, feedForward, norms, total: embeddings + attention + feedForward + norms};
}

const llama = {feedForward: 'gated', positions: 0, tiedEmbeddings: false, biases: false} as const;

/** Shapes of published models. */
export const modelShapes = {
  'gpt2': {
    name: 'GPT-2 124M',
    layers: 12,
    hidden: 768,
    heads: 12,
    kvHeads: 12,
    headSize: 64,
    intermediate: 3072,
    feedForward: 'plain',
    vocabulary: 50257,
    positions: 1024,
    tiedEmbeddings: true,
    biases: true,
    source: 'https://huggingface.co/openai-community/gpt2/blob/main/config.json',
  },
  'llama-2-7b': {
    ...llama,
    name: 'Llama 2 7B',
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 32,
    headSize: 128,
    intermediate: 11008,
    vocabulary: 32000,
    source: 'https://huggingface.co/meta-llama/Llama-2-7b-hf/blob/main/config.json',
  },
  'llama-3-8b': {
    ...llama,
    name: 'Llama 3 8B',
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    headSize: 128,
    intermediate: 14336,
    vocabulary: 128256,
    source: 'https://huggingface.co/meta-llama/Meta-Llama-3-8B/blob/main/config.json',
  },
  'llama-3-70b': {
    ...llama,
    name: 'Llama 3 70B',
    layers: 80,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    headSize: 128,
    intermediate: 28672,
    vocabulary: 128256,
    source: 'https://huggingface.co/meta-llama/Meta-Llama-3-70B/blob/main/config.json',
  },
  'llama-3.1-405b': {
    ...llama,
    name: 'Llama 3.1 405B',
    layers: 126,
    hidden: 16384,
    heads: 128,
    kvHeads: 8,
    headSize: 128,
    intermediate: 53248,
    vocabulary: 128256,
    source: 'https://huggingface.co/meta-llama/Llama-3.1-405B/blob/main/config.json',
  },
  'mistral-7b': {
    ...llama,
    name: 'Mistral 7B',
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    headSize: 128,
    intermediate: 14336,
    vocabulary: 32000,
    source: 'https://huggingface.co/mistralai/Mistral-7B-v0.1/blob/main/config.json',
  },
} as const satisfies Readonly<Record<string, ModelShape>>;

/** Fields of Hugging Face's config.json under the names that model families give them. */
const fields = {
  layers: ['num_hidden_layers', 'n_layer'],
  hidden: ['hidden_size', 'n_embd'],
  heads: ['num_attention_heads', 'n_head'],
  vocabulary: ['vocab_size'],
} as const;

/** What families with gated feed-forward layers have of their own; what config.json leaves out has the family's default. */
const gated = new Map<string, Pick<ModelShape, 'attentionBiases' | 'headNorms' | 'normsPerLayer'> & {readonly tied?: true}>([
  ['llama', {}],
  ['mistral', {}],
  ['qwen2', {attentionBiases: 'queryKeyValue'}],
  ['qwen3', {headNorms: true}],
  ['gemma', {tied: true}],
  ['gemma2', {tied: true, normsPerLayer: 4}],
  ['phi3', {}],
]);

/**
 * The shape that a config.json of Hugging Face describes: Llama, Mistral, Qwen 2 and 3, Gemma 1 and 2, Phi 3, and GPT-2.
 * @throws RangeError naming the field that is missing or wrong, or the family that is not known
 */
export function shapeFromConfig(config: Readonly<Record<string, unknown>>): ModelShape {
  const family = config['model_type'];
  const isGpt2 = family === 'gpt2';
  if (!isGpt2 && !(typeof family === 'string' && gated.has(family)))
    throw new RangeError(
      `Expected a model_type of gpt2, ${[...gated.keys()].join(', ')}, got ${String(family)}; describe the shape by hand`,
    );
  const [layers, hidden, heads, vocabulary] = (['layers', 'hidden', 'heads', 'vocabulary'] as const).map(field => {
    const name = fields[field].find(name => config[name] !== undefined) ?? fields[field][0];
    return size(config, name);
  }) as [number, number, number, number];
  const {tied = isGpt2, ...own} = gated.get(family as string) ?? {};
  return {
    ...own,
    ...(config['attention_bias'] === true && {attentionBiases: 'all' as const}),
    name: typeof config['_name_or_path'] === 'string' ? config['_name_or_path'] : String(family),
    layers,
    hidden,
    heads,
    vocabulary,
    kvHeads: isGpt2 ? heads : size(config, 'num_key_value_heads', heads),
    headSize: size(config, 'head_dim', hidden / heads),
    intermediate: isGpt2 ? size(config, 'n_inner', 4 * hidden) : size(config, 'intermediate_size'),
    feedForward: isGpt2 ? 'plain' : 'gated',
    positions: isGpt2 ? size(config, 'n_positions') : 0,
    tiedEmbeddings: typeof config['tie_word_embeddings'] === 'boolean' ? config['tie_word_embeddings'] : tied,
    biases: isGpt2,
    source: 'config.json',
  };
}

function size(config: Readonly<Record<string, unknown>>, name: string, otherwise?: number): number {
  const value = config[name] ?? otherwise;
  if (!Number.isInteger(value) || (value as number) < 1)
    throw new RangeError(`Expected config.json to have ${name}, a whole number above 0, got ${String(value)}`);
  return value as number;
}
