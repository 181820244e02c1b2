import {describe, expect, test} from 'vitest';
import {
  costPerRequest,
  countParameters,
  float16Weights,
  float32Weights,
  hardware,
  int4Weights,
  int8Weights,
  kvCacheBytes,
  largestBatch,
  loraParameters,
  loraTrainingBytes,
  memoryBytes,
  modelShapes,
  planMemory,
  planSpeed,
  shapeFromConfig,
  trainingBytes,
  weightBytes,
} from '../index.ts';

describe('parameters', () => {
  test('are counted as the models have them', () => {
    const counts = Object.fromEntries(Object.entries(modelShapes).map(([key, shape]) => [key, countParameters(shape).total]));
    // The numbers that the models' own files give.
    expect(counts).toEqual({
      gpt2: 124_439_808,
      'llama-2-7b': 6_738_415_616,
      'llama-3-8b': 8_030_261_248,
      'llama-3-70b': 70_553_706_496,
      'llama-3.1-405b': 405_853_388_800,
      'mistral-7b': 7_241_732_096,
    });
  });

  test('follow from a config.json', () => {
    const mistral = shapeFromConfig({
      model_type: 'mistral',
      num_hidden_layers: 32,
      hidden_size: 4096,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      intermediate_size: 14336,
      vocab_size: 32000,
      tie_word_embeddings: false,
    });
    expect(countParameters(mistral)).toEqual(countParameters(modelShapes['mistral-7b']));
    const gpt2 = shapeFromConfig({
      model_type: 'gpt2',
      n_layer: 12,
      n_embd: 768,
      n_head: 12,
      n_positions: 1024,
      vocab_size: 50257,
      n_inner: null,
    });
    expect(countParameters(gpt2).total).toBe(124_439_808);
    expect(() => shapeFromConfig({model_type: 'bert'})).toThrow(/Expected a model_type of gpt2, .*, got bert; describe the shape by hand/);
    expect(() => shapeFromConfig({model_type: 'llama', num_hidden_layers: 'many'})).toThrow(
      'Expected config.json to have num_hidden_layers, a whole number above 0, got many',
    );
  });
});

describe('memory', () => {
  test('of 7B is 28, 14, 7 and 3.5 GB, of 70B 280, 140 and 35', () => {
    expect([32, 16, 8, 4].map(bits => memoryBytes(7e9, bits) / 1e9)).toEqual([28, 14, 7, 3.5]);
    expect([32, 16, 4].map(bits => memoryBytes(70e9, bits) / 1e9)).toEqual([280, 140, 35]);
  });

  test('of weights counts groups and what stays at 16 bits', () => {
    const shape = modelShapes['llama-3-8b'];
    const {attention, feedForward, total} = countParameters(shape);
    expect(weightBytes(shape, float32Weights)).toBe(4 * total);
    expect(weightBytes(shape, float16Weights)).toBe(2 * total);
    expect(weightBytes(shape, int8Weights)).toBe(attention + feedForward + 2 * (total - attention - feedForward));
    // 4 bits and 20 for each 128: 4.15625 bits.
    expect(weightBytes(shape, int4Weights)).toBe(((attention + feedForward) * 4.15625) / 8 + 2 * (total - attention - feedForward));
  });

  test('of the cache is 128 KiB a token for Llama 3 8B, half of that at 8 bits', () => {
    expect(kvCacheBytes(modelShapes['llama-3-8b'], {tokens: 1})).toBe(131_072);
    expect(kvCacheBytes(modelShapes['llama-3-8b'], {tokens: 8, batch: 2, bits: 8})).toBe(16 * 65_536);
  });

  test('of training is 16 bytes a parameter, of QLoRA hardly more than the weights', () => {
    const shape = modelShapes['llama-2-7b'];
    expect(trainingBytes(shape)).toBe(16 * 6_738_415_616);
    // The count that PEFT prints for rank 8 on all linear layers of Llama 2 7B.
    expect(loraParameters(shape, {rank: 8})).toBe(19_988_480);
    expect(loraTrainingBytes(shape, int4Weights, {rank: 8})).toBe(weightBytes(shape, int4Weights) + 16 * 19_988_480);
  });
});

describe('serving Llama 3 70B on two A100', () => {
  const serving = {shape: modelShapes['llama-3-70b'], device: hardware['a100-80gb'], devices: 2, tokens: 4096, overheadBytes: 4e9};

  test('fits in 16 bits, with room for few sequences, and in 4 bits with room for many', () => {
    expect(planMemory({...serving, weights: float16Weights})).toMatchObject({fits: true});
    expect(largestBatch({...serving, weights: float16Weights})).toBe(8);
    expect(largestBatch({...serving, weights: int4Weights})).toBeGreaterThan(60);
    expect(largestBatch({...serving, devices: 1, weights: float16Weights})).toBe(0);
  });

  test('waits for memory, and answers the faster the fewer bits it reads', () => {
    const speeds = [float16Weights, int8Weights, int4Weights].map(weights => planSpeed({...serving, weights}));
    expect(speeds.map(({bound}) => bound)).toEqual(['memory', 'memory', 'memory']);
    // 70.6 GB on each device in 1.4 TB/s: 20 tokens a second; the link adds little.
    expect(speeds[0]!.tokensPerSecond).toBeCloseTo(20, 0);
    expect(speeds[2]!.tokensPerSecond / speeds[0]!.tokensPerSecond).toBeGreaterThan(3);
    expect(planSpeed({...serving, weights: int4Weights, batch: 512, tokens: 16}).bound).toBe('compute');
  });

  test('costs less a request the more are served together', () => {
    const request = {promptTokens: 500, answerTokens: 200, dollarsPerDeviceHour: 2};
    const costs = [1, 8].map(batch => costPerRequest({...serving, weights: float16Weights, batch}, request));
    expect(costs[1]).toBeLessThan(costs[0]! / 4);
  });

  test('cannot be split unevenly', () => {
    expect(() => planMemory({...serving, devices: 3, weights: float16Weights})).toThrow(
      'Expected a number of devices that divides the 8 heads of keys and values of Llama 3 70B, got 3',
    );
  });
});

test('280 GB at 2000 GB/s are 140 ms and 7 tokens a second, int4 57', () => {
  const perSecond = (bits: number): number => 2000e9 / memoryBytes(70e9, bits);
  expect([perSecond(32), perSecond(4)].map(Math.round)).toEqual([7, 57]);
});

test('every device says where its numbers come from', () => {
  for (const {source, date} of Object.values(hardware))
    expect([source, date]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^20\d\d-\d\d$/)]);
});
