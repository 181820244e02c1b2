import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {MimeBundle} from '../wire/messages.ts';
import {stopAll, TestSession} from './start.ts';

let session: TestSession;
const bundle = async (code: string): Promise<MimeBundle> => {
  const done = await session.run(code);
  if (done.status === 'error') throw new Error(done.error.traceback.join('\n'));
  return done.bundle ?? {};
};
const html = async (code: string): Promise<string> => String((await bundle(code))['text/html']);

beforeAll(async () => {
  session = new TestSession({folder: mkdtempSync(join(tmpdir(), 'snapgrid-test-'))});
  await session.run(
    "import * as tf from '@tensorflow/tfjs-node-gpu'; import * as Plot from '@observablehq/plot'; import {clear, display, html, svg, markdown, latex, json, png} from 'snapgrid/display'",
  );
});
afterAll(stopAll);

describe('a tensor', () => {
  it('shows its dtype, shape, bytes, measures and values', async () => {
    const shown = await bundle('tf.tensor2d([[1, 2], [3, 4.5]])');
    expect(shown['text/plain']).toBe('Tensor float32 [2, 2] · 16 bytes · min 1 · mean 2.625 · max 4.5\n[[1, 2],\n [3, 4.5]]');
    expect(shown['text/html']).toContain('<td');
    expect(await session.text('tf.scalar(3, "int32")')).toBe('Tensor int32 [] · 4 bytes · min 3 · mean 3 · max 3\n3');
    expect(await session.text('tf.tensor1d([NaN, 1, Infinity])')).toContain('2 NaN or infinite');
    expect(await session.text('tf.zeros([0, 3])')).toContain('[]');
    expect(await session.text('tf.complex([1, 2], [3, 4])')).toBe('Tensor complex64 [2]\n[1 + 3i, 2 + 4i]');
    expect(await session.text('tf.ones([2000, 2000])')).not.toContain('…, …');
    expect(await session.text('new BigInt64Array(2)')).toContain('0n, 0n');
    expect(await session.text('tf.tensor(["a", "b"])')).toContain('[a, b]');
  });

  it('that is large shows pictures, which say what they are', async () => {
    const shown = await html('tf.randomNormal([64, 100])');
    expect(shown).toContain('aria-label="Heat map of Tensor float32 [64, 100]"');
    expect(shown).toContain('aria-label="Histogram of Tensor float32 [64, 100]"');
    expect(shown.match(/role="img"/g)?.length).toBe(2);
    expect(shown).toMatch(/means of about 2 × 3 values: red -[\d.]+, white 0, blue [\d.]+</);
    expect(await html('tf.ones([9, 9])')).toContain('>all 1<');
    expect(shown.length).toBeLessThan(200_000);
  });

  it('is printed by its values', async () => {
    await session.run('console.log({x: tf.tensor1d([1, 2])})');
    expect(session.printed()).toMatch(/x: Tensor\s+\[1, 2\]\s/);
  });

  it('that is disposed says so', async () => {
    expect(await session.text('const gone = tf.tensor([1]); gone.dispose(); gone')).toContain('disposed');
  });
});

describe('other values', () => {
  it('show as what they are: typed arrays, records, models, plots', async () => {
    expect(await session.text('Int8Array.of(-1, 2)')).toContain('Int8Array [2] · 2 bytes');
    expect(await html('[{a: 1, b: "<x>"}, {a: 2.5}]')).toMatch(/<th[^>]*>a<.*&#60;x&#62;.*2\.5/);
    expect(await html('tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]})')).toContain('Dense');
    expect(await html('Plot.plot({marks: [Plot.dot([[1, 2], [3, 4]])]})')).toMatch(/^<svg/);
    expect(await html('Plot.lineY([1, 2, 3]).plot({title: "A title"})')).toContain('A title');
    expect(await bundle('[1, "two"]')).toEqual({'text/plain': "[ 1, 'two' ]"});
  });

  it("name a plot by its title, which is no heading of the notebook's", async () => {
    const shown = await bundle('Plot.lineY([1, 2, 3]).plot({title: "Cost in $& \\"quotes\\" <b>"})');
    expect(shown['text/plain']).toContain('Plot: Cost in');
    expect(shown['text/html']).not.toContain('<h2');
    expect(shown['text/html']).toContain('<svg role="img" aria-label="Cost in $&amp; &quot;quotes&quot; &lt;b&gt;"');
  });

  it('show themselves where they can', async () => {
    expect(await bundle("({[Symbol.for('Jupyter.display')]: async () => ({'text/html': '<i>me</i>', 'text/plain': 'me'})})")).toEqual({
      'text/html': '<i>me</i>',
      'text/plain': 'me',
    });
    expect(await bundle('markdown("# hi")')).toEqual({'text/plain': '# hi', 'text/markdown': '# hi'});
  });
});

describe('display', () => {
  it('sends bundles in order, before the cell is done, also where nobody awaits', async () => {
    session.events.length = 0;
    await session.run(
      "display(html('<b>1</b>')); display(tf.ones([30, 30])); display({'text/plain': '3'}); display(latex('x^2'), {id: 'f'}); display(json({a: 1}), {id: 'f', update: true})",
    );
    const shown = session.events.flatMap(e => (e.type === 'display' ? [e] : []));
    expect(shown.map(e => String(e.bundle['text/plain']).slice(0, 8))).toEqual(['1', 'Tensor f', '3', 'x^2', '{ a: 1 }']);
    expect(shown[4]).toMatchObject({displayId: 'f', update: true});
  });

  it('of what shows itself wrongly says so and shows the rest', async () => {
    const shown = await session.text("({a: 1, [Symbol.for('Jupyter.display')]() { throw new Error('no picture') }})");
    expect(shown).toContain('a: 1');
    expect(shown).toContain('(its display threw Error: no picture)');
    expect(await session.text("({[Symbol.for('Jupyter.display')]: async () => { throw 5 }})")).toContain('(its display threw Thrown: 5)');
    expect(await session.text("({b: 2, [Symbol.for('Jupyter.display')]: () => 'no bundle'})")).toContain('b: 2');
  });

  it('leaves out what cannot travel, and says so', async () => {
    const asResult = (data: string): string =>
      `({[Symbol.for('Jupyter.display')]: () => ({'text/plain': 'it', 'application/json': ${data}})})`;
    expect(await session.text(asResult('(() => { const a: any = {}; a.a = a; return a; })()'))).toMatch(
      /^it\napplication\/json is not shown: JSON.stringify threw TypeError: .*circular/,
    );
    expect(await session.text(asResult('1n'))).toContain('BigInt');
    expect(await session.text(asResult('() => 1'))).toContain('it is a function, expected JSON');
    const large = await bundle("({[Symbol.for('Jupyter.display')]: () => ({'text/html': 'x'.repeat(2 ** 24), 'text/markdown': 'small'})})");
    expect(large).toEqual({
      'text/markdown': 'small',
      'text/plain': expect.stringContaining('it takes 16.0 MiB, at most 15.9 can be') as string,
    });
    expect(await session.run("display({'text/html': 'x'.repeat(2 ** 24)}); display({'text/plain': 'x'.repeat(2 ** 24)}); 0")).toMatchObject(
      {status: 'ok'},
    );
    expect(
      await session.run('display(1, {id: 7 as any}); display(2, {id: 7 as any, update: 1 as any, metadata: 3 as any}); 0'),
    ).toMatchObject({
      status: 'ok',
    });
    expect(await session.text('1 + 1')).toBe('2');
  });

  it('is replaced in place by what it gave back, from a later cell too', async () => {
    session.events.length = 0;
    await session.run("const shown = display('one'); shown.update('two')");
    await session.run('await shown.update(markdown`*three* ${3}`); clear({wait: true})');
    const displays = session.events.flatMap(e => (e.type === 'display' ? [e] : []));
    expect(displays.map(e => [e.bundle['text/plain'], e.update])).toEqual([
      ["'one'", undefined],
      ["'two'", true],
      ['*three* 3', true],
    ]);
    expect(new Set(displays.map(e => e.displayId)).size).toBe(1);
    expect(await bundle('display(1)')).toEqual({});
    expect(await bundle('await display(1)')).toEqual({});
    expect(session.events.flatMap(e => (e.type === 'clear' ? [e.wait] : []))).toEqual([true]);
  });

  it('needs no import, in a cell or in a file that one imports, and may be declared again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snapgrid-test-'));
    writeFileSync(join(folder, 'shows.ts'), "display('from a file');\nexport const n: number = tensors().length;\n");
    const fresh = new TestSession({folder});
    await fresh.run("import {n} from './shows.ts'; n");
    await fresh.run("display('from a cell')");
    expect(fresh.events.flatMap(e => (e.type === 'display' ? [e.bundle['text/plain']] : []))).toEqual(["'from a file'", "'from a cell'"]);
    expect(await fresh.text('let display = (n: number) => n + 1; display(1)')).toBe('2');
    const graded = new TestSession({display: false});
    expect(await graded.run('await display(1); tensors().length')).toEqual({status: 'ok'});
  });

  it('is made only where the host wants it', async () => {
    const plain = new TestSession({display: false});
    expect(await plain.run('1 + 1')).toEqual({status: 'ok'});
  });
});
