import {describe, expect, test} from 'vitest';
import {
  activationBytes,
  costPerRequest,
  countParameters,
  float16Weights,
  float32Weights,
  type Hardware,
  hardware,
  int4Weights,
  int8Weights,
  kvCacheBytes,
  largestBatch,
  loraParameters,
  loraTrainingBytes,
  memoryBytes,
  type ModelShape,
  modelShapes,
  monthlyCost,
  planMemory,
  planSpeed,
  type Serving,
  shapeFromConfig,
  trainingBytes,
  weightBytes,
  type WeightFormat,
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

  test('refuses numbers that make no plan', () => {
    const plan = (more: Partial<Serving>) => () => planSpeed({...serving, weights: int4Weights, ...more});
    expect(plan({batch: 0})).toThrow('Expected batch to be a whole number above 0, got 0');
    expect(plan({tokens: 1.5})).toThrow('Expected tokens to be a whole number above 0, got 1.5');
    expect(plan({kvBits: 0})).toThrow('Expected kvBits above 0, up to 64, got 0');
    expect(plan({weights: {bits: NaN}})).toThrow('Expected weights.bits above 0, up to 64, got NaN');
    expect(plan({overheadBytes: -1})).toThrow('Expected overheadBytes from 0 on, got -1');
    expect(plan({efficiency: 70})).toThrow('Expected efficiency above 0, up to 1, got 70');
  });

  test('cannot be split unevenly', () => {
    expect(() => planMemory({...serving, devices: 3, weights: float16Weights})).toThrow(
      'Expected a number of devices that divides the 8 heads of keys and values of Llama 3 70B, got 3',
    );
  });
});

describe('the roofline', () => {
  /** Nothing but 70 · 10⁹ weights: no embeddings, no cache worth counting. */
  const bare: ModelShape = {
    name: 'bare 70B',
    layers: 1,
    hidden: 1e5,
    heads: 1,
    kvHeads: 1,
    headSize: 1,
    intermediate: 349_998,
    feedForward: 'plain',
    vocabulary: 1,
    positions: 0,
    tiedEmbeddings: true,
    biases: false,
    source: 'by hand',
  };
  const device: Hardware = {name: 'd', memoryBytes: 400e9, bytesPerSecond: 2000e9, flops: 300e12, int8Ops: 600e12, source: '', date: ''};
  const serving: Serving = {shape: bare, weights: float32Weights, device, tokens: 1, efficiency: 1};

  test('of 280 GB at 2000 GB/s is 140 ms and 7 tokens a second, of int4 57', () => {
    expect(countParameters(bare).attention + countParameters(bare).feedForward).toBe(7e10);
    const {secondsPerStep, tokensPerSecond, bound} = planSpeed(serving);
    expect(secondsPerStep).toBeCloseTo(0.14, 5);
    expect([Math.round(tokensPerSecond), bound]).toEqual([7, 'memory']);
    expect(Math.round(planSpeed({...serving, weights: {bits: 4}}).tokensPerSecond)).toBe(57);
  });

  test('turns from memory to compute where a batch computes as long as the weights take to be read', () => {
    // 140 GB in 16 bits: 70 ms. Two operations for each of 70 · 10⁹ weights: 0.4667 ms a sequence, 150 sequences.
    const at = (batch: number, activationBits: 8 | 16 = 16) => planSpeed({...serving, weights: float16Weights, batch, activationBits});
    expect([at(149).bound, at(151).bound, at(151, 8).bound, at(301, 8).bound]).toEqual(['memory', 'compute', 'memory', 'compute']);
    expect(at(300).secondsPerStep).toBeCloseTo(0.14, 4);
  });

  test('reads a row of token embeddings, not the table, and the table where it is the output layer', () => {
    const shape = {...bare, vocabulary: 1e6};
    const seconds = (tiedEmbeddings: boolean, positions = 0): number =>
      planSpeed({...serving, shape: {...shape, tiedEmbeddings, positions}}).secondsPerStep;
    // The output layer: 10¹¹ weights of 4 bytes more.
    expect(seconds(false)).toBeCloseTo((280e9 + 400e9) / 2000e9, 4);
    expect([seconds(true), seconds(true, 1000)]).toEqual([seconds(false), seconds(false)]);
  });

  test('adds what devices send one another: twice a layer, 2 (n − 1) / n of the stream', () => {
    const shape = {...modelShapes['llama-3-70b']};
    const [a100, slow] = [hardware['a100-80gb'], {...hardware['a100-80gb'], linkBytesPerSecond: 300e6}];
    const step = (device: Hardware): number =>
      planSpeed({shape, weights: float16Weights, device, devices: 4, tokens: 1, efficiency: 1}).secondsPerStep;
    // 2 · 80 layers · 1.5 · 8192 · 2 bytes = 3.93 MB, in 13.1 ms at 300 MB/s and 13.1 µs at 300 GB/s.
    expect(step(slow) - step(a100)).toBeCloseTo(0.013107 - 0.0000131, 6);
  });
});

describe("the course's questions", () => {
  const shape = modelShapes['llama-3-70b'];
  const twoA100 = {shape, device: hardware['a100-80gb'], devices: 2, tokens: 4096, overheadBytes: 4e9};
  const w8a16: WeightFormat = {bits: 8};

  test('Llama 3 70B on two A100 at 30 tokens a second: not in bfloat16 even at the full bandwidth, in int8 and int4 as software is', () => {
    const best = planSpeed({...twoA100, weights: float16Weights, efficiency: 1}).tokensPerSecond;
    expect(best).toBeGreaterThan(28);
    expect(best).toBeLessThan(30);
    expect(planSpeed({...twoA100, weights: w8a16}).tokensPerSecond).toBeGreaterThan(30);
    expect(planSpeed({...twoA100, weights: int4Weights}).tokensPerSecond).toBeGreaterThan(60);
    expect([float16Weights, w8a16, int4Weights].map(weights => planMemory({...twoA100, weights}).fits)).toEqual([true, true, true]);
  });

  test('does it fit: 140 GB on a 16 GB laptop, 7B in 4 bits in 8 GB, 70B in 4 bits on 24 GB and 48 GB', () => {
    expect(memoryBytes(70e9, 16)).toBeGreaterThan(16e9);
    expect(weightBytes(modelShapes['llama-2-7b'], int4Weights)).toBeLessThan(8e9);
    const fits = (device: Hardware): boolean => planMemory({shape, weights: int4Weights, device, tokens: 2048, overheadBytes: 1e9}).fits;
    expect([fits(hardware['rtx-4090']), fits(hardware['l40s'])]).toEqual([false, true]);
  });

  test('10,000 requests a day are $9,000 a month at three cents, $600, $300 and $150 at 0.2, 0.1 and 0.05', () => {
    expect([0.03, 0.002, 0.001, 0.0005].map(dollars => Math.round(monthlyCost(dollars, 10_000)))).toEqual([9000, 600, 300, 150]);
  });

  test("training 7.5 · 10⁹ parameters keeps 120 GB, as ZeRO's paper has it", () => {
    const perParameter = trainingBytes(modelShapes['llama-2-7b']) / countParameters(modelShapes['llama-2-7b']).total;
    expect(perParameter * 7.5e9).toBe(120e9);
  });
});

test('activations are those of the widest layer, or the scores of the vocabulary, split between devices', () => {
  const shape = modelShapes['llama-3-8b'];
  // A prompt of 1000: 1000 · (2 · 4096 + 2 · 14336) · 2 bytes.
  expect(activationBytes(shape, {tokens: 1000})).toBe(73_728_000);
  expect(activationBytes(shape, {tokens: 1000, devices: 2})).toBe(45_056_000);
  // One token: 4096 · 2 bytes, and 128,256 scores of 4.
  expect(activationBytes(shape, {tokens: 1})).toBe(8192 + 513_024);
  expect(activationBytes(modelShapes['gpt2'], {tokens: 1000, bits: 32})).toBe(1000 * (2 * 768 + 3072) * 4);
});

test('every device says where its numbers come from', () => {
  for (const {source, date} of Object.values(hardware))
    expect([source, date]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^20\d\d-\d\d$/)]);
});
