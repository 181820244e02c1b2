import type {Tensor, Tensor2D, Tensor3D, Tensor4D} from '@tensorflow/tfjs-core';
import {tf} from '../backend/core.ts';
import type {TensorData} from '../session/wire/plain.ts';

/** Sizes of a decoder in llama's form. */
export interface LlamaShape {
  readonly vocabulary: number;
  /** Channels of the residual stream. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Channels between the feed-forward matrices. */
  readonly hidden: number;
  /** How many tokens it has learned to look back on, itself included. */
  readonly contextLength: number;
  /** RoPE turns the i-th pair of channels of a head by position · ropeBase^(−2i / headSize). */
  readonly ropeBase: number;
  /** Added to the mean square in RMSNorm. */
  readonly epsilon: number;
}

/** A model's tensors by their names in GGUF. Matrices are [outputs, inputs], as in PyTorch, safetensors and GGUF. */
export type LlamaWeights = ReadonlyMap<string, TensorData>;

/** Places where a lesson looks into a pass or changes it; each may return a tensor in place of what it is given. What they make is disposed after the pass. */
export interface LlamaHooks {
  /**
   * A linear layer: its name (`blk.0.attn_q.weight`), its input [tokens, inputs] and its matrix [inputs, outputs]; expected to return [tokens, outputs].
   * Without it x · kernel.
   */
  readonly linear?: (name: string, x: Tensor2D, kernel: Tensor2D) => Tensor2D;
  /** A layer's keys [tokens, heads, headSize], after RoPE, as a cache would hold them. */
  readonly keys?: (keys: Tensor3D, layer: number) => Tensor3D;
  /** A layer's values [tokens, heads, headSize]. */
  readonly values?: (values: Tensor3D, layer: number) => Tensor3D;
}

/** Names of the linear layers of a block, in the order in which a pass meets them; `attn_q`, `attn_k`, `attn_v` see the same input, `ffn_gate` and `ffn_up` too. */
export const linearNames = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'] as const;

/** Names and shapes of all tensors. The output layer is the embedding, transposed. */
export function llamaTensors({vocabulary, width, layers, hidden}: LlamaShape): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([['token_embd.weight', [vocabulary, width]]]);
  for (let layer = 0; layer < layers; layer++) {
    shapes.set(`blk.${layer}.attn_norm.weight`, [width]);
    shapes.set(`blk.${layer}.ffn_norm.weight`, [width]);
    for (const name of linearNames) {
      const inputs = name === 'ffn_down' ? hidden : width;
      const outputs = name === 'ffn_gate' || name === 'ffn_up' ? hidden : width;
      shapes.set(`blk.${layer}.${name}.weight`, [outputs, inputs]);
    }
  }
  return shapes.set('output_norm.weight', [width]);
}

/** A model that computes: its weights are on the backend until `dispose`. */
export class Llama {
  private readonly tensors: ReadonlyMap<string, Tensor>;

  /** @throws RangeError where a tensor is missing or has another shape */
  constructor(
    weights: LlamaWeights,
    readonly shape: LlamaShape,
  ) {
    const expected = llamaTensors(shape);
    for (const [name, wanted] of expected) {
      const found = weights.get(name);
      if (found?.shape.join() !== wanted.join())
        throw new RangeError(
          `Expected a tensor ${name} of shape [${wanted.join(', ')}], got ${found ? `[${found.shape.join(', ')}]` : 'none'}; llamaTensors(shape) lists them all`,
        );
    }
    this.tensors = new Map([...expected.keys()].map(name => [name, toBackend(name, weights.get(name)!)]));
  }

  /**
   * Logits [tokens, vocabulary] for one window of text, first token first: row i is for what comes after token i.
   * @throws RangeError where there are no tokens, more than `contextLength`, or one outside the vocabulary
   */
  logits(tokens: ArrayLike<number>, hooks: LlamaHooks = {}): Tensor2D {
    const {contextLength, vocabulary} = this.shape;
    if (tokens.length < 1 || tokens.length > contextLength)
      throw new RangeError(`Expected 1 to ${contextLength} tokens, got ${tokens.length}; cut a longer text into windows`);
    const bad = Array.from(tokens).find(token => !Number.isInteger(token) || token < 0 || token >= vocabulary);
    if (bad !== undefined) throw new RangeError(`Expected tokens that are whole numbers from 0 to ${vocabulary - 1}, got ${bad}`);
    return tf.tidy(() => llamaLogits(this.tensors, this.shape, [Array.from(tokens)], hooks));
  }

  dispose(): void {
    tf.dispose([...this.tensors.values()]);
  }
}

/**
 * Logits [windows · tokens, vocabulary] of windows of equal length. Matrices in `tensors` are [inputs, outputs]; only the embedding is [vocabulary, width].
 * Source: Touvron et al. 2023, LLaMA, section 2.2; RoPE turns neighbouring channels, as Meta's program and llama.cpp do.
 */
export function llamaLogits(
  tensors: ReadonlyMap<string, Tensor>,
  shape: LlamaShape,
  windows: readonly (readonly number[])[],
  {linear = (_, x, kernel) => tf.matMul(x, kernel), keys = k => k, values = v => v}: LlamaHooks = {},
): Tensor2D {
  const {width, layers, heads, epsilon} = shape;
  const [count, length, headSize] = [windows.length, windows[0]!.length, width / heads];
  const find = (name: string): Tensor => tensors.get(name)!;
  const apply = (name: string, x: Tensor2D): Tensor2D => linear(`${name}.weight`, x, find(`${name}.weight`) as Tensor2D);
  const norm = (name: string, x: Tensor2D): Tensor2D => {
    const meanSquare = tf.mean(tf.square(x), 1, true); // [tokens, width] → [tokens, 1]
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), find(`${name}.weight`));
  };
  const perHead = (x: Tensor): Tensor3D => tf.reshape(x, [count * length, heads, headSize]);
  // [windows · tokens, heads, headSize] → [windows, heads, tokens, headSize]
  const toAttention = (x: Tensor): Tensor4D => tf.transpose(tf.reshape(x, [count, length, heads, headSize]), [0, 2, 1, 3]);
  const turn = rotation(shape, length);
  const mask = causalMask(length);

  const embedding = find('token_embd.weight') as Tensor2D;
  let x = tf.gather(embedding, tf.tensor1d(windows.flat(), 'int32')) as Tensor2D; // [tokens, width]
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}`;
    const h = norm(`${block}.attn_norm`, x);
    const q = toAttention(turn(apply(`${block}.attn_q`, h)));
    const k = toAttention(keys(perHead(turn(apply(`${block}.attn_k`, h))), layer));
    const v = toAttention(values(perHead(apply(`${block}.attn_v`, h)), layer));
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headSize)), mask); // [windows, heads, tokens, tokens]
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    x = tf.add(x, apply(`${block}.attn_output`, tf.reshape(mixed, [count * length, width])));
    const g = norm(`${block}.ffn_norm`, x);
    const gate = apply(`${block}.ffn_gate`, g);
    const gated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), apply(`${block}.ffn_up`, g)); // SwiGLU
    x = tf.add(x, apply(`${block}.ffn_down`, gated as Tensor2D));
  }
  return tf.matMul(norm('output_norm', x), embedding, false, true);
}

/** RoPE on [windows · tokens, heads · headSize]: each pair of neighbouring channels is a point in the plane, turned by an angle that grows with the position. */
function rotation({width, heads, ropeBase}: LlamaShape, length: number): (x: Tensor2D) => Tensor2D {
  const headSize = width / heads;
  const angle = (position: number, channel: number): number => position * ropeBase ** ((-2 * Math.floor(channel / 2)) / headSize);
  const table = (f: (angle: number) => number): Tensor =>
    tf.tensor(
      Array.from({length: length * headSize}, (_, i) => f(angle(Math.floor(i / headSize), i % headSize))),
      [1, length, 1, headSize],
    );
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  // (a, b) → (−b, a) for each pair, as a product with a matrix: it has a gradient on every backend.
  const quarter = new Float32Array(headSize * headSize);
  for (let i = 0; i < headSize; i += 2) [quarter[(i + 1) * headSize + i], quarter[i * headSize + i + 1]] = [-1, 1];
  const quarterTurn = tf.tensor2d(quarter, [headSize, headSize]);
  return x => {
    const turned = tf.matMul(tf.reshape(x, [-1, headSize]) as Tensor2D, quarterTurn);
    const form = [x.shape[0] / length, length, heads, headSize];
    return tf.reshape(tf.add(tf.mul(tf.reshape(x, form), cos), tf.mul(tf.reshape(turned, form), sin)), x.shape);
  };
}

/** [tokens, tokens]: 0 where a token may look, −1e9 where it would look ahead. */
function causalMask(length: number): Tensor2D {
  return tf.tensor2d(
    Array.from({length: length * length}, (_, i) => (i % length <= Math.floor(i / length) ? 0 : -1e9)),
    [length, length],
  );
}

/** Matrices become [inputs, outputs], as they are multiplied; the embedding stays. */
function toBackend(name: string, {shape, data}: TensorData): Tensor {
  if (shape.length !== 2 || name === 'token_embd.weight') return tf.tensor(data, [...shape], 'float32');
  const [outputs, inputs] = shape as [number, number];
  const kernel = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) kernel[i * outputs + o] = data[o * inputs + i]!;
  return tf.tensor2d(kernel, [inputs, outputs]);
}
