import {fileURLToPath} from 'node:url';
import {Ajv} from 'ajv';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../backend/index.ts';
import {
  compare,
  type ErrorMeasure,
  measureErrors,
  qint4,
  quantize,
  quantizeModel,
  Report,
  reportSchema,
  SensitivityReport,
  calibrate,
  toInteger,
} from '../index.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

const validate = new Ajv().compile(reportSchema);
const display = Symbol.for('Jupyter.display');

describe('of values', () => {
  test('is checked by hand', async () => {
    const report = await compare([3, -4, 0, 0], new Float32Array([3, -3, 1, 0]));
    expect(report).toMatchObject({of: 'values', elements: 4, originalBytes: 16, bytes: 16, bitsPerElement: 32});
    expect(report.errors.maxAbsError).toBe(1);
    expect(report.errors.sqnrDb).toBeCloseTo(10 * Math.log10(25 / 2), 12);
    expect(String(report).split('\n')).toEqual([
      'tensor  types                bits/value  SQNR dB  max error  mean error    cosine',
      'values  float32                   32.00     11.0       1.00       0.500  0.963546',
      'all     16 bytes → 16 bytes       32.00     11.0       1.00       0.500  0.963546',
    ]);
  });

  test('counts the true bytes of a QTensor', async () => {
    const x = Array.from({length: 64}, (_, i) => Math.sin(i));
    const before = tf.memory().numTensors;
    const tensor = tf.tensor2d(x, [8, 8]);
    const report = await compare(tensor, quantize(x, [8, 8], {qtype: qint4, scheme: 'symmetric'}));
    tensor.dispose();
    expect(report).toMatchObject({originalBytes: 256, bytes: 36, bitsPerElement: 4.5, title: '[8, 8] float32 → qint4'});
    expect(report.errors.maxAbsError).toBeLessThanOrEqual(0.5 / 7 + 1e-6);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses what cannot be compared', async () => {
    await expect(compare([1], [1, 2])).rejects.toThrow("Expected as many values as the reference's 1, got 2");
    await expect(compare('a.gguf', [1] as never)).rejects.toThrow('Expected two models, two files or two tensors, got a file and a tensor');
  });
});

describe('of files', () => {
  const weights = fileURLToPath(new URL('../../data/weights/digits-mlp.safetensors', import.meta.url));

  test('opens and closes paths, and finds no noise between a file and itself', async () => {
    const report = await compare(weights, weights);
    expect(report.parts.map(({name, shape}) => [name, shape])).toContainEqual(['dense0.kernel', [256, 64]]);
    expect(report.errors.sqnrDb).toBe(Infinity);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({sqnrDb: null, maxAbsError: 0, bitsPerElement: 32});
  });
});

describe('of models', () => {
  const makeModel = (name: string): ReturnType<Backend['tf']['sequential']> =>
    tf.sequential({
      name,
      layers: [
        tf.layers.dense({
          name: 'first',
          units: 3,
          inputShape: [2],
          activation: 'relu',
          kernelInitializer: 'ones',
          biasInitializer: 'zeros',
        }),
        tf.layers.dense({name: 'second', units: 2, kernelInitializer: 'ones'}),
      ],
    });

  test('measures what each layer puts out, and how many labels are right', async () => {
    const [original, quantized] = [makeModel('float'), makeModel('changed')];
    // Columns of `second` differ, so that there is a largest: original [1, 0] everywhere, the other only for x₀ + x₁ < 2.
    original.layers[1]!.setWeights([tf.ones([3, 2]), tf.tensor1d([1, 0])]);
    quantized.layers[1]!.setWeights([
      tf.tensor2d([
        [1, 2],
        [1, 1],
        [1, 1],
      ]),
      tf.tensor1d([1, 0 - 1]),
    ]);
    const inputs = tf.tensor2d([
      [0.5, 0.5],
      [2, 1],
      [3, 3],
    ]);
    const before = tf.memory().numTensors;
    const report = await compare(original, quantized, {inputs, labels: [0, 0, 1], batchSize: 2});
    expect(tf.memory().numTensors).toBe(before);
    // Sums s = 1, 3, 6. First layer: [s, s, s] in both. Second: [3s + 1, 3s] against [3s + 1, 4s − 1]: wrong by |s − 1| in the second column.
    expect(report.accuracy).toEqual({original: 2 / 3, quantized: 2 / 3, examples: 3});
    expect(
      report.parts.map(({name, originalType, elements, originalBytes, errors}) => [
        name,
        originalType,
        elements,
        originalBytes,
        errors!.maxAbsError,
      ]),
    ).toEqual([
      ['first', 'Dense', 9, 36, 0],
      ['second', 'Dense', 8, 32, 5],
    ]);
    expect(report.errors.meanAbsError).toBeCloseTo((0 + 2 + 5) / 6, 6);
    expect(report).toMatchObject({of: 'outputs', title: 'float → changed', elements: 17, originalBytes: 68});
    expect(String(report)).toContain('accuracy on 3 examples: 66.7% → 66.7%');
    inputs.dispose();
  });

  test('takes one-hot labels, and one score for two classes', async () => {
    const predict = (x: ReturnType<Backend['tf']['tensor']>): typeof x => tf.sigmoid(x);
    const inputs = tf.tensor2d([[-1], [2], [3]]);
    const {accuracy, parts} = await compare(
      {predict: predict as never},
      {predict: () => tf.mul(tf.ones([3, 1]), 0.9)},
      {inputs, labels: [0, 1, 0]},
    );
    expect(accuracy).toEqual({original: 2 / 3, quantized: 1 / 3, examples: 3});
    expect(parts).toEqual([]);
    const model = makeModel('same');
    const x = tf.tensor2d([[1, 1]]);
    const oneHot = tf.tensor2d([[1, 0]]);
    expect((await compare(model, model, {inputs: x, labels: oneHot})).accuracy).toEqual({original: 1, quantized: 1, examples: 1});
  });

  test('names layers that are used twice, that only one model has, and that put out other shapes', async () => {
    const make = (extra: boolean, units: number): ReturnType<Backend['tf']['model']> => {
      const input = tf.input({shape: [2]});
      const shared = tf.layers.dense({name: 'shared', units: 2, kernelInitializer: 'ones'});
      const wide = tf.layers.dense({name: 'wide', units});
      let x = shared.apply(shared.apply(input)) as typeof input;
      if (extra) x = tf.layers.reLU({name: 'extra'}).apply(x) as typeof input;
      const side = wide.apply(x) as typeof input;
      const sum = tf.layers.dense({name: 'end', units: 1, kernelInitializer: 'ones'}).apply(side) as typeof input;
      return tf.model({inputs: input, outputs: [x, sum]});
    };
    const x = tf.tensor2d([[1, 2]]);
    const report = await compare(make(false, 2), make(true, 3), {inputs: x});
    expect(report.parts.map(({name, elements}) => [name, elements])).toEqual([
      ['shared', 6],
      ['shared#1', 0],
      ['end', 3],
    ]);
    expect([report.onlyOriginal, report.onlyOther]).toEqual([['wide'], ['extra', 'wide']]);
  });

  test('counts the packed codes, scales and float rest of a quantized model, layer by layer', async () => {
    const original = makeModel('float');
    const quantized = quantizeModel(original, {weights: {bits: 4}, activations: null, skip: ['second']});
    const x = tf.ones([1, 2]);
    const report = await compare(original, quantized, {inputs: x});
    // 6 codes of 4 bits, 3 scales and 3 biases in float32; 8 floats.
    expect(report.parts.map(({name, type, bytes}) => [name, type, bytes])).toEqual([
      ['first', 'SnapgridQuantDense', 3 + 12 + 12],
      ['second', 'Dense', 32],
    ]);
    expect(report).toMatchObject({originalBytes: 68, bytes: 59});
    // Ones lie on the grid.
    expect(report.errors.maxAbsError).toBeLessThan(1e-6);
  });

  test('looks into the steps of an integer model, whose bytes are those of its integers', async () => {
    const original = makeModel('float');
    original.setWeights([
      tf.tensor2d([
        [1, 2, -1],
        [0.5, -1, 1],
      ]),
      tf.tensor1d([0.1, 0.2, 0]),
      tf.ones([3, 2]),
      tf.tensor1d([0, 1]),
    ]);
    const inputs = tf.tensor2d([
      [0.5, -0.5],
      [1, 1],
      [-1, 0.25],
      [0, 0],
    ]);
    const quantized = quantizeModel(original);
    await calibrate(quantized, [inputs]);
    const integers = toInteger(quantized);
    const before = tf.memory().numTensors;
    const report = await compare(quantized, integers, {inputs, batchSize: 3});
    expect(tf.memory().numTensors).toBe(before);
    expect(report.parts.map(({name, originalType, type}) => [name, originalType, type])).toEqual([
      ['first', 'SnapgridQuantDense', 'dense qint8'],
      ['second', 'SnapgridQuantDense', 'dense qint8'],
    ]);
    expect(report.bytes).toBe(integers.byteLength);
    expect(report.parts[0]!.bytes + report.parts[1]!.bytes).toBeLessThanOrEqual(integers.byteLength);
    // Within one code of what fake quantization computes.
    const codes = integers.steps.find(({name}) => name === 'first')!;
    const step = 'output' in codes && codes.output ? codes.output.grid.scale : NaN;
    expect(report.parts[0]!.errors!.maxAbsError).toBeLessThanOrEqual(step * 1.001);
    expect(report.errors.sqnrDb).toBeGreaterThan(30);
  });

  test('refuses data that do not fit', async () => {
    const model = makeModel('float');
    const [x, none] = [tf.ones([2, 2]), tf.zeros([0, 2])];
    await expect(compare(model, model, undefined as never)).rejects.toThrow('Expected examples to compare two models on, got none');
    await expect(compare(model, model, {inputs: none})).rejects.toThrow('Expected at least one example, got none');
    await expect(compare(model, model, {inputs: x, labels: [1]})).rejects.toThrow('Expected 2 labels, one an example, got 1');
    await expect(compare(model, {predict: () => tf.ones([2, 3])}, {inputs: x})).rejects.toThrow(
      'Expected both models to put out the same shapes, got [2] and [3]',
    );
  });
});

describe('shown', () => {
  const part = (name: string, errors: ErrorMeasure): Report['parts'][number] => ({
    name,
    shape: [4],
    originalType: 'F32',
    type: 'Q4_0',
    elements: 4,
    originalBytes: 16,
    bytes: 3,
    errors,
  });
  const good = measureErrors([1, 2, 3, 4], [1, 2, 3, 4.01]);
  const bad = measureErrors([1, 2, 3, 4], [0, 2, 1, 1]);
  const sizes = {elements: 8, originalBytes: 32, bytes: 6};
  const report = new Report({
    title: 'a <b> & "c"',
    of: 'values',
    parts: [part('fine', good), part('blk.0.<attn>', bad), {...part('relu', good), elements: 0, originalBytes: 0, bytes: 0}],
    errors: bad,
    ...sizes,
    accuracy: {original: 0.976, quantized: 0.97, examples: 1000},
  });

  test('is a picture that is well-formed, fits a narrow page, and says in words what it shows', async () => {
    const specifier: string = 'jsdom';
    const {JSDOM} = await import(specifier);
    const {document} = new JSDOM(report.picture(), {contentType: 'image/svg+xml'}).window;
    const svg = document.documentElement;
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.getAttribute('aria-label')).toContain('32 bytes → 6 bytes, 5.33 times smaller');
    expect(svg.getAttribute('aria-label')).toContain('blk.0.<attn> 16 bytes → 3 bytes, 3.3 dB');
    expect(svg.getAttribute('aria-label')).toContain('accuracy 97.6% → 97.0% of 1000');
    expect(Number(svg.getAttribute('width'))).toBeLessThanOrEqual(360);
    expect(document.querySelectorAll('rect.bad')).toHaveLength(1);
    expect(report.picture()).not.toMatch(/NaN|Infinity|undefined|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  test('keeps to the forty parts with the most noise, and counts the rest', () => {
    const parts = Array.from({length: 50}, (_, i) => part(`layer ${i}`, i === 49 ? bad : good));
    const picture = new Report({title: 'deep', of: 'outputs', parts, errors: bad, ...sizes}).picture();
    expect(picture).toContain('and 10 more, with less noise than these');
    expect(picture).toContain('>layer 49<');
    expect(picture).not.toContain('>layer 45<');
  });

  test('marks what is NaN or only noise as the worst, without a bar', () => {
    const broken = [measureErrors([1], [NaN]), measureErrors([0], [1])].map((errors, i) => part(`broken ${i}`, errors));
    const parts = [...Array.from({length: 40}, (_, i) => part(`layer ${i}`, good)), ...broken];
    const picture = new Report({title: 'broken', of: 'outputs', parts, errors: broken[0]!.errors!, ...sizes}).picture();
    expect(picture.match(/<text [^>]*class="bad"[^>]*>(NaN|only noise)</g)).toHaveLength(2);
    expect(picture).toContain('and 2 more');
    expect(picture).not.toMatch(/="(NaN|-?Infinity)/);
  });

  test('is its picture and its table in a cell', () => {
    const bundle = (report as unknown as Record<symbol, () => Record<string, string>>)[display]!();
    expect(bundle).toEqual({'text/plain': String(report), 'text/html': report.picture()});
  });

  test('is JSON of the published schema', async () => {
    for (const shown of [report, await compare([1], [1]), await compare([0, 0], [1, NaN])]) {
      validate(JSON.parse(JSON.stringify(shown)));
      expect(validate.errors).toBeNull();
    }
    expect(validate({...report.toJSON(), sqnrDb: 'much'})).toBe(false);
  });
});

describe('of a sensitivity scan', () => {
  const entry = (layer: string, bits: number, increase: number) => ({
    layer,
    choice: {bits},
    bytes: bits * 125,
    loss: 0.25 + increase,
    increase,
  });
  const scan = {
    baseline: 0.25,
    entries: [entry('first', 4, 0.031), entry('first', 2, 0.4), entry('last <1>', 4, -0.001), entry('last <1>', 2, 0.1)],
  };
  const report = new SensitivityReport(scan);

  test('is a table of every layer and candidate', () => {
    expect(String(report).split('\n')).toEqual([
      'layer     quantized      bytes   loss  increase',
      'none      float              -   0.25         -',
      'first     4 bits     500 bytes  0.281     0.031',
      'first     2 bits     250 bytes   0.65       0.4',
      'last <1>  4 bits     500 bytes  0.249    -0.001',
      'last <1>  2 bits     250 bytes   0.35       0.1',
    ]);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject(scan);
  });

  test('is a picture whose bars are as long as what a layer adds, none where it adds nothing', async () => {
    const bars = [...report.picture().matchAll(/<rect class="(after|bad)"[^>]* width="([\d.]+)"/g)].map(([, kind, length]) => [
      kind,
      Number(length),
    ]);
    expect(bars).toEqual([
      ['after', 16.4],
      ['bad', 212],
      ['after', 0],
      ['after', 53],
    ]);
    expect(report.picture()).toContain('last &#60;1&#62; in 2 bits: 0.1');
    const nothing = new SensitivityReport({baseline: 0, entries: [entry('same', 8, 0)]}).picture();
    expect(nothing).not.toMatch(/NaN|Infinity/);
  });
});
