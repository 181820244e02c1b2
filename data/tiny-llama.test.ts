import {beforeAll, describe, expect, it} from 'vitest';
import {type Backend, loadBackend} from '../backend/index.ts';
import {courseText, isHidden} from './course-text.ts';
import {Draw} from './draw.ts';
import {Llama, type LlamaShape, llamaTensors, type LlamaWeights} from './llama.ts';
import {tinyLlama} from './tiny-llama.ts';
import {Tokenizer, trainVocabulary} from './tokenizer.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

const sentencesOf = (text: string): string[] => text.split(/(?<=[.])\s+/).filter(Boolean);

describe('the text', () => {
  it('is the same for the same seed, another for another', () => {
    expect(courseText(5, 'hidden', 'a')).toBe(courseText(5, 'hidden', 'a'));
    expect(courseText(5, 'hidden', 'a')).not.toBe(courseText(5, 'hidden', 'b'));
  });

  it('keeps every sentence of the hidden part out of the part for training', () => {
    // A number such as 10.7 ends no sentence: it is followed by no space.
    const [train, hidden] = [sentencesOf(courseText(400, 'train')), sentencesOf(courseText(100, 'hidden'))];
    expect(train.filter(isHidden)).toEqual([]);
    expect(hidden.filter(sentence => !isHidden(sentence))).toEqual([]);
    expect(hidden.length).toBeGreaterThan(400);
  });

  it('refuses a count that is no whole number', () => {
    expect(() => courseText(0.5, 'train')).toThrow('whole number');
  });
});

describe('the tokenizer', () => {
  it('joins the pair that was learned first, by hand', () => {
    // ab occurs three times and is joined first, then abc.
    const tokenizer = new Tokenizer(trainVocabulary('abc abc ab', 10));
    const {pieces} = tokenizer.vocabulary;
    expect(pieces.slice(0, 4)).toEqual(['<unk>', '<s>', '</s>', '<0x0A>']);
    expect(Array.from(tokenizer.encode('abc cab'), token => tokenizer.piece(token))).toEqual(['abc', ' ', 'c', 'ab']);
    expect(tokenizer.encode('a?')[1]).toBe(0);
  });

  it('gives back every text of the course, in which it knows every character', () => {
    const {tokenizer} = tinyLlama();
    const text = courseText(20, 'hidden', 'tokenizer');
    const tokens = tokenizer.encode(text);
    expect(tokenizer.decode(tokens)).toBe(text);
    expect(tokens.includes(0)).toBe(false);
    expect(tokens.length).toBeLessThan(text.length / 3);
  });
});

/** Small enough to be computed here by loops: one layer of two heads of two channels. */
const small: LlamaShape = {vocabulary: 5, width: 4, layers: 1, heads: 2, hidden: 6, contextLength: 8, ropeBase: 100, epsilon: 1e-5};

function smallWeights(): LlamaWeights {
  return new Map(
    [...llamaTensors(small)].map(([name, shape]) => [
      name,
      new Draw(`small/${name}`).tensor(shape, d => d.normal(shape.length === 1 ? 1 : 0, 0.5)),
    ]),
  );
}

describe('a pass', () => {
  it('is RMSNorm, RoPE on neighbouring channels, causal attention and SwiGLU, as loops compute it', () => {
    const weights = smallWeights();
    const tokens = [3, 0, 4, 1];
    const model = new Llama(weights, small);
    const logits = model.logits(tokens);
    const expected = byLoops(weights, tokens);
    expect(logits.shape).toEqual([4, 5]);
    logits.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    tf.dispose(logits);
    model.dispose();
  });

  it('never looks ahead, and leaves one tensor behind', () => {
    const model = new Llama(smallWeights(), small);
    const before = tf.memory().numTensors;
    const [short, long] = [model.logits([3, 0, 4]), model.logits([3, 0, 4, 1, 2])];
    expect(tf.memory().numTensors).toBe(before + 2);
    const later = long.dataSync();
    short.dataSync().forEach((value, i) => expect(value).toBeCloseTo(later[i]!, 5));
    tf.dispose([short, long]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before - llamaTensors(small).size);
  });

  it('shows and changes what a lesson hooks into', () => {
    const model = new Llama(smallWeights(), small);
    const seen: string[] = [];
    const plain = model.logits([1, 2, 3]);
    const hooked = model.logits([1, 2, 3], {
      linear: (name, x, kernel) => {
        seen.push(`${name} ${x.shape.join('×')} ${kernel.shape.join('×')}`);
        return tf.matMul(x, kernel);
      },
      keys: keys => (seen.push(`keys ${keys.shape.join('×')}`), keys),
      values: values => tf.mul(values, 0),
    });
    expect(seen[0]).toBe('blk.0.attn_q.weight 3×4 4×4');
    expect(seen).toContain('keys 3×2×2');
    expect(seen).toContain('blk.0.ffn_down.weight 3×6 6×4');
    expect(seen.length).toBe(8);
    expect([...hooked.dataSync()]).not.toEqual([...plain.dataSync()]);
    tf.dispose([plain, hooked]);
    model.dispose();
  });

  it('refuses tokens outside the vocabulary, too many, and weights of another shape', () => {
    const model = new Llama(smallWeights(), small);
    expect(() => model.logits([5])).toThrow('from 0 to 4');
    expect(() => model.logits(new Int32Array(9))).toThrow('1 to 8 tokens');
    model.dispose();
    expect(() => new Llama(smallWeights(), {...small, hidden: 8})).toThrow('ffn_gate');
  });
});

describe('the trained language model', () => {
  it('predicts text that it has never seen, and worse once its words are shuffled', () => {
    const {shape, weights, tokenizer} = tinyLlama();
    const model = new Llama(weights, shape);
    const tokens = tokenizer.encode(courseText(6, 'hidden', 'unseen')).slice(0, 384);
    expect(perplexityOf(model, tokens)).toBeLessThan(2.2);
    expect(perplexityOf(model, Int32Array.from(new Draw('words').shuffle([...tokens])))).toBeGreaterThan(20);
    model.dispose();
  });
});

/** exp of the mean of −ln p(next token), in windows. */
function perplexityOf(model: Llama, tokens: Int32Array): number {
  const {contextLength} = model.shape;
  let [sum, count] = [0, 0];
  for (let from = 0; from + 1 < tokens.length; from += contextLength) {
    const window = tokens.slice(from, from + contextLength);
    sum += tf.tidy(() => {
      const logProbabilities = tf.logSoftmax(model.logits(window)).arraySync() as number[][];
      return Array.from(window.slice(1)).reduce((total, token, i) => total - logProbabilities[i]![token]!, 0);
    });
    count += window.length - 1;
  }
  return Math.exp(sum / count);
}

/** The small model in plain loops: [tokens, vocabulary], row-major. */
function byLoops(weights: LlamaWeights, tokens: readonly number[]): number[] {
  const {width, heads, ropeBase, epsilon} = small;
  const headSize = width / heads;
  const at = (name: string): ArrayLike<number> => weights.get(`${name}.weight`)!.data;
  const linear = (name: string, x: number[]): number[] => {
    const [outputs, inputs] = weights.get(`${name}.weight`)!.shape as [number, number];
    return Array.from({length: outputs}, (_, o) => x.reduce((sum, value, i) => sum + value * at(name)[o * inputs + i]!, 0));
  };
  const norm = (name: string, x: number[]): number[] => {
    const root = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / width + epsilon);
    return x.map((value, i) => (value / root) * at(name)[i]!);
  };
  const turn = (x: number[], position: number): number[] =>
    x.map((value, i) => {
      const angle = position * ropeBase ** (-(i % headSize) / headSize);
      const evenAngle = i % 2 === 0 ? angle : position * ropeBase ** (-((i - 1) % headSize) / headSize);
      return i % 2 === 0
        ? value * Math.cos(evenAngle) - x[i + 1]! * Math.sin(evenAngle)
        : x[i - 1]! * Math.sin(evenAngle) + value * Math.cos(evenAngle);
    });
  const stream = tokens.map(token => Array.from({length: width}, (_, i) => at('token_embd')[token * width + i]!));
  const normed = stream.map(x => norm('blk.0.attn_norm', x));
  const q = normed.map((x, t) => turn(linear('blk.0.attn_q', x), t));
  const k = normed.map((x, t) => turn(linear('blk.0.attn_k', x), t));
  const v = normed.map(x => linear('blk.0.attn_v', x));
  return stream.flatMap((x, t) => {
    const mixed = Array.from({length: width}, (_, i) => {
      const head = Math.floor(i / headSize);
      const score = (s: number): number => {
        let sum = 0;
        for (let c = head * headSize; c < (head + 1) * headSize; c++) sum += q[t]![c]! * k[s]![c]!;
        return Math.exp(sum / Math.sqrt(headSize));
      };
      const scores = Array.from({length: t + 1}, (_, s) => score(s));
      const total = scores.reduce((sum, value) => sum + value, 0);
      return scores.reduce((sum, value, s) => sum + (value / total) * v[s]![i]!, 0);
    });
    const h = linear('blk.0.attn_output', mixed).map((value, i) => x[i]! + value);
    const g = norm('blk.0.ffn_norm', h);
    const [gate, up] = [linear('blk.0.ffn_gate', g), linear('blk.0.ffn_up', g)];
    const gated = gate.map((value, i) => (value / (1 + Math.exp(-value))) * up[i]!);
    const out = norm(
      'output_norm',
      linear('blk.0.ffn_down', gated).map((value, i) => h[i]! + value),
    );
    return Array.from({length: small.vocabulary}, (_, token) =>
      out.reduce((sum, value, i) => sum + value * at('token_embd')[token * width + i]!, 0),
    );
  });
}
