import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {inflateSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {MimeBundle} from '../wire/messages.ts';
import {stopAll, TestSession} from './start.ts';

let session: TestSession;
const bundle = async (code: string): Promise<MimeBundle> => {
  const done = await session.run(code);
  if (done.status === 'error') throw new Error(done.error.traceback.join('\n'));
  return done.bundle ?? {};
};

beforeAll(async () => {
  session = new TestSession({folder: mkdtempSync(join(tmpdir(), 'snapgrid-test-'))});
  await session.run(
    "import * as tf from '@tensorflow/tfjs-node-gpu'; import {display, gif, html, image, jpeg, json, latex, png, svg, table, vegaLite} from 'snapgrid/display'",
  );
});
afterAll(stopAll);

/** The pixels of a PNG of one IDAT chunk without filters, and its size. */
function pixelsOf(shown: MimeBundle): {width: number; height: number; rows: number[][]} {
  const file = Buffer.from(String(shown['image/png']), 'base64');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const length = file.readUInt32BE(33);
  const data = inflateSync(file.subarray(41, 41 + length));
  const stride = data.byteLength / height;
  return {width, height, rows: Array.from({length: height}, (_, y) => [...data.subarray(y * stride + 1, (y + 1) * stride)])};
}

describe('an image', () => {
  it('of floats goes from 0 black to 1 white, of integers from 0 to 255', async () => {
    const floats = await bundle('image(tf.tensor2d([[0, 0.5], [1, 0.25]]), {scale: 1})');
    expect(pixelsOf(floats)).toEqual({
      width: 2,
      height: 2,
      rows: [
        [0, 128],
        [255, 64],
      ],
    });
    expect(floats['text/plain']).toBe('Image 2 × 2 · float32, 0 black to 1 white');
    const integers = await bundle('image(tf.tensor3d([[[1, 2, 3], [4, 5, 255]]], [1, 2, 3], "int32"), {scale: 1})');
    expect(pixelsOf(integers)).toEqual({width: 2, height: 1, rows: [[1, 2, 3, 4, 5, 255]]});
    expect(integers['text/plain']).toBe('Image 1 × 2 × 3 · int32, 0 black to 255 white');
  });

  it('of a batch is a grid, with gaps that are transparent', async () => {
    const grid = pixelsOf(await bundle('image(tf.tensor4d([0, 1, 1, 0], [4, 1, 1, 1]), {scale: 1, columns: 2})'));
    const [black, white, gap] = [
      [0, 0, 0, 255],
      [255, 255, 255, 255],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ];
    const empty = Array.from({length: 16}, () => 0);
    expect(grid.rows).toEqual([[...black, ...gap, ...white], empty, empty, [...white, ...gap, ...black]]);
    expect(await session.text('image(tf.zeros([300, 2, 2]))')).toContain('100 of 300 images, each 2 × 2');
  });

  it('says what lies outside its range, and takes another', async () => {
    expect(await session.text('image(tf.tensor2d([[0, 2], [NaN, 1]]))')).toContain('2 values outside or NaN');
    expect(pixelsOf(await bundle('image(tf.tensor2d([[-1, 0, 1]]), {range: [-1, 1], scale: 1})')).rows).toEqual([[0, 128, 255]]);
    expect(await session.text('image(tf.tensor2d([[-2, 6]]), {range: "auto"})')).toContain('-2 black to 6 white');
    expect(pixelsOf(await bundle('image({shape: [1, 2], data: Uint8Array.of(0, 255)}, {scale: 2})'))).toMatchObject({width: 4, height: 2});
  });

  it('of what is none says what was expected', async () => {
    expect(await session.text('image(tf.ones([3]))')).toContain('Expected an image: [height, width]');
    expect(await session.text('image(tf.ones([0, 3]))')).toBe('Image without pixels: float32 [0, 3]');
    expect(await session.text('image(tf.tensor2d([["a"]]))')).toContain('got string [1, 1]');
    expect(await session.text('{ const t = tf.ones([2, 2]); t.dispose(); image(t) }')).toBe('');
    expect(await session.text('const gone = tf.ones([2, 2]); gone.dispose(); image(gone)')).toContain('disposed');
    expect(await session.text('image({shape: [9, 9], data: [1]})')).toContain('Expected 81 values');
    expect(await session.text('tf.tidy(() => image(tf.ones([2, 2])))')).toContain('Image 2 × 2');
  });

  it('takes options of any kind', async () => {
    expect(await session.text('image(tf.zeros([2, 2]), {scale: NaN, columns: -3, range: [5, 5]} as any)')).toContain('Image 2 × 2');
    expect(await session.text('image({shape: [-1, 5], data: []})')).toContain('Expected an image');
    expect(await session.text('image(new Proxy({}, {get() { throw new Error("trap") }}) as any)')).toBe('trap');
  });

  it('that is huge is drawn smaller', async () => {
    const {width, height} = pixelsOf(await bundle('image(tf.zeros([6000, 4000], "int32"))'));
    expect(width * height).toBeLessThan(2 ** 22);
    expect(width / height).toBeCloseTo(4 / 6, 2);
  });
});

describe('a table of records', () => {
  it('has types, numbers at the right, and says how much is left out', async () => {
    const shown = await bundle("Array.from({length: 1234}, (_, i) => ({name: 'n' + i, size: i / 3, on: i % 2 === 0}))");
    const lines = String(shown['text/plain']).split('\n');
    expect(lines.slice(0, 4)).toEqual(['name    size  on', '────  ──────  ─────', 'n0         0  true', 'n1    0.3333  false']);
    expect(lines.at(-1)).toBe('20 of 1,234 rows');
    expect(shown['text/html']).toContain('50 of 1,234 rows');
    expect(shown['text/html']).toMatch(/<th style="[^"]*text-align: left[^"]*">name<br><small[^>]*>string</);
    expect(shown['text/html']).toMatch(/<td style="[^"]*text-align: right[^"]*">0.3333</);
  });

  it('is made of lists by column too, and of what is asked for', async () => {
    expect(await session.text('table({x: [1, 2], y: Float32Array.of(3, 4.5)})')).toBe('x    y\n─  ───\n1    3\n2  4.5\n2 rows');
    expect(await session.text("table(new Map([['a', {v: 1}], ['b', {v: 2}]]).values(), {rows: 1, columns: ['v']})")).toBe(
      'v\n─\n1\n1 of 2 rows',
    );
  });

  it('of what is none, or of lists that lie about their length, says so', async () => {
    expect(await session.text('table(5 as any)')).toContain('Expected a list of records');
    expect(await session.text('table({x: {length: 1e9} as any})')).toContain('20 of 1,000,000,000 rows');
    expect(await session.text('table([1, null, {a: 1}] as any, {rows: -5, columns: 7 as any})')).toContain('3 rows');
  });

  it('runs no code of its records, and shows what they hide', async () => {
    const records = "[{a: 1, get b() { throw new Error('read') }}, {a: [1, 2], b: null}, {a: new Date(0), c: 3n}]";
    expect(await session.text(records)).toContain('[Getter]');
    expect((await bundle(`${records}.map(r => new Proxy(r, {ownKeys() { throw new Error('trap') }}))`))['text/html']).toBeUndefined();
    expect(await session.text("[{a: '<script>'}]")).toContain('<script>');
    expect((await bundle("[{a: '<script>'}]"))['text/html']).not.toContain('<script>');
  });
});

describe('files and markup', () => {
  it('show as what they are, with a text for where only text can be shown', async () => {
    expect(await bundle('html`<p>1 &lt; <b>${2}</b></p><style>p {}</style>`')).toMatchObject({
      'text/plain': '1 < 2',
      'text/html': expect.stringContaining('<b>2</b>') as string,
    });
    expect(await bundle("svg('<svg><title>A circle</title></svg>')")).toMatchObject({'text/plain': 'SVG picture: A circle'});
    expect(await bundle('latex`$\\frac{1}{2}$`')).toEqual({'text/plain': '$\\frac{1}{2}$', 'text/latex': '$\\frac{1}{2}$'});
    expect(await bundle('jpeg(Uint8Array.of(0xff, 0xd8, 0xff))')).toEqual({'text/plain': 'JPEG, 3 bytes', 'image/jpeg': '/9j/'});
    expect(await bundle('gif(new Uint8Array(2048))')).toMatchObject({'text/plain': 'GIF, 2 KB'});
    const file =
      "Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')";
    expect(await bundle(file)).toMatchObject({
      'text/plain': 'PNG, 1 × 1, 70 bytes',
      'image/png': expect.stringMatching(/^iVBOR/) as string,
    });
  });

  it('of JSON are a tree in which nothing is lost', async () => {
    const value =
      '{ const a: any = {n: 1n, u: undefined, f: NaN, m: new Map([[1, {x: 2}]]), t: Int8Array.of(1)}; a.self = a; globalThis.tree = a }';
    await session.run(value);
    expect((await bundle('json(tree)'))['application/json']).toEqual({
      n: '1',
      u: 'undefined',
      f: 'NaN',
      m: [[1, {x: 2}]],
      t: [1],
      self: '[Circular]',
    });
  });

  it('of Vega-Lite are known by their schema', async () => {
    const spec = "mark: 'bar', data: {values: [{a: 1, b: 2}]}, encoding: {x: {field: 'a'}, y: {aggregate: 'mean', field: 'b'}}";
    const shown = await bundle(`({$schema: 'https://vega.github.io/schema/vega-lite/v5.json', title: 'Cost', ${spec}})`);
    expect(shown['text/plain']).toBe('Vega-Lite chart “Cost”: bar, x: a, y: mean of b, 1 rows');
    expect(shown['application/vnd.vegalite.v5+json']).toMatchObject({mark: 'bar'});
    expect(await bundle(`vegaLite({${spec}})`)).toHaveProperty(['application/vnd.vegalite.v5+json', '$schema']);
    expect(await bundle("({toSpec: () => ({$schema: 'https://vega.github.io/schema/vega/v5.json', marks: []})})")).toHaveProperty([
      'application/vnd.vega.v5+json',
    ]);
  });
});

describe('a model', () => {
  it('shows its layers, parameters and bytes', async () => {
    await session.run(`const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [3], name: 'first'}), tf.layers.dense({units: 2, name: 'second', trainable: false})]});
      model.compile({optimizer: 'adam', loss: 'meanSquaredError'});`);
    const text = await session.text('model');
    expect(text).toMatch(/^layer\s+type\s+output shape\s+params\s+trainable\n/);
    expect(text).toMatch(/first\s+Dense\s+\[\?, 4\]\s+16\s+16\n/);
    expect(text).toMatch(/second\s+Dense\s+\[\?, 2\]\s+10\s+0\n/);
    expect(text).toMatch(/26 parameters, 16 trainable · 104 bytes · compiled with Adam, meanSquaredError$/);
    expect(await session.text('model.layers[0]')).toBe('Layer first (Dense) · output [?, 4] · 16 parameters · 64 bytes');
  });

  it('that is not built says so', async () => {
    expect(await session.text('tf.sequential()')).toContain('0 parameters');
    expect(await session.text('tf.layers.dense({units: 4})')).toContain('not built');
    expect(await session.text('tf.variable(tf.zeros([2]), true, "w")')).toContain('Variable “w” float32 [2]');
  });

  it('gives a history whose best values are named', async () => {
    const text = await session.text('await model.fit(tf.ones([8, 3]), tf.ones([8, 2]), {epochs: 3, verbose: 0})');
    expect(text).toMatch(/^measure\s+first\s+best\s+last\n/);
    expect(text).toMatch(/loss\s+[\d.e-]+\s+[\d.e-]+ \(epoch \d\)\s+[\d.e-]+\nHistory of 3 epochs$/);
  });
});

describe('any value', () => {
  const shows: Record<string, [code: string, text: RegExp]> = {
    'a map': ["new Map([['a', {b: 1}]])", /^Map\(1\) \{ 'a' => \{ b: 1 \} \}$/],
    'a set': ['new Set([1, [2]])', /^Set\(2\) \{ 1, \[ 2 \] \}$/],
    'a date': ['new Date(0)', /^1970-01-01T00:00:00.000Z$/],
    'an error, with its line': ['new RangeError("far")', /^RangeError: far\n\s+at .*In \[1\]:1/],
    'an instance': ['class P { x = 1; #hidden = 2 }; new P()', /^P \{ x: 1 \}$/],
    'a circle': ['{ const c: any = {}; c.c = c; globalThis.circle = c }; circle', /Circular/],
    'a proxy whose every trap throws': [
      'new Proxy({a: 1}, {get() { throw new Error("trap") }, has() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 }})',
      /a: 1[^]*its display threw Error: trap/,
    ],
    'a getter that throws': ['({get boom() { throw new Error("no") }})', /boom: \[Getter\]/],
    'an inspection that throws': [
      '({a: 1, [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("mine") }})',
      /a: 1[^]*its own inspection threw Error: mine/,
    ],
    'a tag that throws': [
      '({a: 1, get [Symbol.toStringTag]() { throw new Error("tag") }})', // Node's own inspection copes with it since 24.
      /\{ a(: 1|[^]*its own inspection threw Error: tag)/,
    ],
    'a fake tensor': [
      '({dtype: "float32", shape: [2], isDisposed: false, dataId: {}, dataSync() { throw new Error("fake") }})',
      /its display threw Error: fake/,
    ],
    'a fake element': ['({tagName: 1, outerHTML: 2})', /tagName: 1/],
    'a fake model': ['({layers: [{}], countParams: 1, summary: 1, predict: 1})', /its display threw TypeError/],
    'a large bigint': ['2n ** 4_000_000n', /^0x10{39}…0{40}n \(about 4,000,00\d bits\)$/],
    'a small bigint': ['-5n', /^-5n$/],
    'a function': ['(x: number) => x', /Function/],
    'null': ['null', /^null$/],
    'a string of 100 MB': ["'y'.repeat(1e8)", /^'y{10000}'\.\.\. 99990000 more characters$/],
    'a record of many keys': ['Object.fromEntries(Array.from({length: 1e5}, (_, i) => ["k" + i, i]))', /k0: 0[^]*99,800 more keys$/],
    'deep nesting': ['{ let d: any = {}; for (let i = 0; i < 1e5; i++) d = {d}; globalThis.deep = d }; deep', /\[Object\]/],
    'wide and deep lists': [
      'Array.from({length: 100}, () => Array.from({length: 100}, () => Array.from({length: 100}, () => ({a: [1]}))))',
      /^\[/,
    ],
    'a list of many empty places': ['new Array(1e9)', /empty items/],
    'no prototype': ['Object.assign(Object.create(null), {a: 1})', /a: 1/],
    'a symbol': ['Symbol("s")', /^Symbol\(s\)$/],
    'an empty list': ['[]', /^\[\]$/],
    'bytes': ['new ArrayBuffer(8)', /ArrayBuffer/],
    'an empty typed array': ['new Float32Array(0)', /Float32Array\(0\) \[\]/],
    'markup that never ends': ["html('<'.repeat(1e6))", /^<<<<[^]*20,000|^<{20000}$/],
    'comments that never end': ["html('<!--'.repeat(1e6))", /^<!--/],
    'numbers beyond all integers': ['tf.tensor1d([1e38, -1e-40])', /1\.00e\+38, -1\.00e-40/],
    'complex numbers': ['tf.tidy(() => tf.complex([1, 2], [3, -4]))', /1 \+ 3i, 2 - 4i/],
    'what is no bundle': ['({[Symbol.for("Jupyter.display")]: () => ({a: 1})})', /Jupyter\.display/],
    'a list of NaN': ['new Float32Array(3).fill(NaN)', /3 NaN or infinite/],
  };
  for (const [name, [code, text]] of Object.entries(shows))
    it(`shows: ${name}`, async () => {
      const shown = await session.text(code);
      expect(shown).toMatch(text);
      expect(shown.length).toBeLessThan(60_000);
    });

  it('is shown by an error that lies about itself', async () => {
    const liar = 'Object.defineProperty(new Error("x"), "stack", {get() { throw new Error("stack") }})';
    expect(await session.text(liar)).toMatch(/Error/);
    expect(await session.run(`display(${liar}); 0`)).toMatchObject({status: 'ok'});
  });
});
