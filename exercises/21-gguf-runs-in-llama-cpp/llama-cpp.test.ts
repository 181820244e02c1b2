import {beforeAll, describe, expect, it} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {courseText} from '../../data/course-text.ts';
import {Llama} from '../../data/llama.ts';
import {tinyLlama} from '../../data/tiny-llama.ts';
import * as answers from '../../solutions/21-gguf-runs-in-llama-cpp/answers.ts';
import {inLlamaCpp, type Rung} from './llama-cpp.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

const prompt = 'The language model of Nora';

describe('files that the solution writes', () => {
  let ladder: Rung[];
  beforeAll(async () => {
    ladder = await inLlamaCpp(answers, prompt);
  }, 600_000);

  const of = (format: Rung['format']): Extract<Rung, {text: string}> => {
    const rung = ladder.find(rung => rung.format === format)!;
    if ('problem' in rung) throw new Error(`${format}: ${rung.problem}`);
    return rung;
  };

  it('open in llama.cpp, which cuts the prompt into our tokens and goes on with it', () => {
    const {tokenizer} = tinyLlama();
    for (const {format} of ladder) {
      const {promptTokens, text} = of(format);
      expect(promptTokens).toEqual([...tokenizer.encode(prompt)]);
      expect(text.startsWith(prompt)).toBe(true);
      expect(text.length).toBeGreaterThan(prompt.length + 30);
    }
    expect(ladder.map(({format}) => format)).toEqual(['F16', 'Q8_0', 'Q4_0', 'Q4_K']);
  });

  it("are ggml's to the byte, and as small as their blocks", () => {
    expect(ladder.map(({otherBlocks}) => otherBlocks)).toEqual([0, 0, 0, 0]);
    expect(ladder.map(({bitsPerWeight}) => bitsPerWeight)).toEqual([16, 8.5, 4.5, 4.5]);
  });

  it("reach the perplexity of the course's own pass as F16, nearly that as Q8_0, and lose a little more as Q4_0", () => {
    const own = ownPerplexity();
    expect(of('F16').perplexity / own).toBeCloseTo(1, 2);
    expect(of('Q8_0').perplexity / own).toBeCloseTo(1, 2);
    expect(of('Q4_0').perplexity / own).toBeGreaterThan(1.001);
    expect(of('Q4_0').perplexity / own).toBeLessThan(1.05);
  });
});

describe('a damaged file', () => {
  it('ends in a message, not in an exception', async () => {
    const cut = (...args: Parameters<typeof answers.writeGguf>): Uint8Array => answers.writeGguf(...args).slice(0, 40_000);
    const ladder = await inLlamaCpp({...answers, writeGguf: cut}, prompt);
    for (const rung of ladder) expect(rung).toMatchObject({problem: expect.stringMatching(/./)});
  }, 600_000);
});

/** exp of the mean of −ln p(next token) over the text that the ladder is measured on. */
function ownPerplexity(): number {
  const {shape, weights, tokenizer} = tinyLlama();
  const model = new Llama(weights, shape);
  const text = tokenizer.encode(courseText(4, 'hidden', 'lesson 21'));
  let [sum, count] = [0, 0];
  for (const from of [0, shape.contextLength]) {
    const window = text.slice(from, from + shape.contextLength);
    tf.tidy(() => {
      const logProbabilities = tf.logSoftmax(model.logits(window)).arraySync() as number[][];
      for (const [i, token] of window.slice(1).entries()) sum -= logProbabilities[i]![token]!;
    });
    count += window.length - 1;
  }
  model.dispose();
  return Math.exp(sum / count);
}
