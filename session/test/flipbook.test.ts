import {inflateSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Done} from '../wire/connection.ts';
import {stopAll, TestSession} from './start.ts';

afterAll(stopAll);

const imports = "import {checkbox, flipbook, select, slider, text, view} from 'snapgrid/widgets'; import {svg} from 'snapgrid/display';";
const bundleOf = (done: Done): Record<string, unknown> => (done.status === 'ok' ? (done.bundle ?? {}) : {});
const html = (bundle: Record<string, unknown>): string => String(bundle['text/html']);
/** Every picture that the page holds. */
const pictures = (page: string): string[] => {
  const [, packed] = /, "([\w+/=]+)"\)<\/script>/.exec(page)!;
  return JSON.parse(inflateSync(Buffer.from(packed!, 'base64')).toString()) as string[];
};

describe('a flipbook', () => {
  let session: TestSession;
  beforeAll(async () => {
    session = new TestSession({comms: true});
    await session.run(imports);
  });
  const show = async (code: string): Promise<Record<string, unknown>> => bundleOf(await session.run(code));

  it('holds one picture for each value, and shows the one at its start', async () => {
    const bundle = await show("flipbook([2, 4, 8], b => svg(`<svg><title>${b} bits</title></svg>`), {label: 'bits', start: 4})");
    expect(pictures(html(bundle))).toEqual([2, 4, 8].map(b => `<svg><title>${b} bits</title></svg>`));
    expect(html(bundle)).toContain(
      '<div class="snapgrid-leaf" style="max-width:100%;overflow-x:auto"><svg><title>4 bits</title></svg></div>',
    );
    expect(bundle['text/plain']).toBe('bits = 4 (one of 3 pictures)\nSVG picture: 4 bits');
  });

  it('is operated by inputs with labels, whose values are read aloud in words', async () => {
    const page = html(await show("flipbook(['int8', 'int4'], kind => kind, {label: 'kind'})"));
    const [, id] = /<label for="([^"]+)">kind<\/label>/.exec(page)!;
    expect(page).toContain(`<input type="range" min="0" max="1" value="0" step="1" id="${id}"`);
    expect(page).toContain('[["int8","int4"]]');
    expect(page).toContain("setAttribute('aria-valuetext'");
  });

  it('of several inputs holds every combination, and opens where the inputs are', async () => {
    await session.run(
      'const a = slider({min: 1, max: 2, value: 2, step: 1}), b = select({options: {one: 10, two: 20}, value: 20}), c = checkbox()',
    );
    const bundle = await show('flipbook([a, b, c], (a, b, c) => `${a} ${b} ${c}`)');
    const expected = [1, 2].flatMap(a => [10, 20].flatMap(b => [false, true].map(c => `${a} ${b} ${c}`)));
    expect(pictures(html(bundle)).map(picture => />(.*)<\/pre>/.exec(picture)![1])).toEqual(expected);
    expect(bundle['text/plain']).toBe('a = 2 · b = two · c = off (one of 8 pictures)\n2 20 false');
    expect(html(bundle)).toContain('<option>one</option><option selected>two</option>');
  });

  it('shows an error in the place of its picture, and the other pictures', async () => {
    const page = html(await show("flipbook([1, 2], n => { if (n > 1) throw new RangeError('too many'); return n; })"));
    const [first, second] = pictures(page);
    expect(first).toContain('>1</pre>');
    expect(second).toMatch(/^<pre role="alert".*RangeError: too many/);
  });

  it('says what it needs where it gets something else', async () => {
    expect(await session.text('flipbook([], String)')).toContain('RangeError: Expected values to draw pictures for, got none');
    expect(await session.text('flipbook(Array.from({length: 601}, (_, i) => i), String)')).toContain(
      'Expected at most 600 pictures in a flipbook, got 601',
    );
    expect(await session.text('flipbook([1], String, {start: 2})')).toContain('Expected start to be one of the values, got 2');
    expect(await session.text('const t = text(); flipbook(t, String)')).toContain('whose values can be counted, got t, a text');
  });

  it('cannot be ended early by what its values are called', async () => {
    const page = html(await show("flipbook(['</script><b>'], x => x)"));
    expect(page.match(/<\/script>/g)).toHaveLength(1);
  });

  it('stays small: thirty plots take less room than four plain ones', async () => {
    await session.run(
      "import * as Plot from '@observablehq/plot'; const drawn = (b: number) => Plot.plot({marks: [Plot.dot(Array.from({length: 300}, (_, i) => ({x: i, y: Math.round(Math.sin(i) * b)})), {x: 'x', y: 'y'})]});",
    );
    const page = html(await show('flipbook(Array.from({length: 30}, (_, i) => i + 2), drawn)'));
    const one = html(await show('drawn(8)'));
    expect(pictures(page)).toHaveLength(30);
    expect(page.length - one.length).toBeLessThan(3 * one.length);
  });

  it('leaves no tensor behind of those that its function gives', async () => {
    await session.run("import * as tf from '@tensorflow/tfjs-node-gpu'");
    await session.run('const kept = tf.ones([2]); const before = tf.memory().numTensors;');
    expect(pictures(html(await show('flipbook([1, 2, 3], n => n === 3 ? kept : tf.fill([2], n))')))).toHaveLength(3);
    expect(await session.text('[tf.memory().numTensors - before, kept.isDisposed]')).toBe('[ 0, false ]');
  });
});

describe('a view that is saved as a flipbook', () => {
  it('puts it before the live view, in place of values in words and picture, and never sends it again', async () => {
    const session = new TestSession({comms: true});
    await session.run(imports);
    await session.run('const bits = slider({min: 2, max: 4, value: 3}); view(bits, b => `${b} bits`, {flipbook: true})');
    await session.run('bits.value = 4');
    const displays = session.events.filter(event => event.type === 'display');
    expect(displays.map(({bundle}) => Object.keys(bundle).join())).toEqual([
      'text/plain,text/html',
      'text/plain,application/vnd.jupyter.widget-view+json',
    ]);
    expect(pictures(html(displays[0]!.bundle)).map(picture => />(.*)<\/pre>/.exec(picture)![1])).toEqual(['2 bits', '3 bits', '4 bits']);
    const opened = session.events.find(event => event.type === 'comm' && JSON.stringify(event).includes('"saved":1'));
    expect(opened).toBeDefined();
  });
});

it('in grading draws nothing and shows nothing', async () => {
  const session = new TestSession({display: false});
  await session.run(imports);
  const done = await session.run(
    'let drawn = 0; view(slider({min: 0, max: 2}), () => drawn++, {flipbook: true}); flipbook([1, 2], () => drawn++)',
  );
  expect(done.status).toBe('ok');
  expect(await session.run('if (drawn !== 0) throw new Error(`drawn ${drawn} times`)')).toMatchObject({status: 'ok'});
  expect(session.events.filter(event => event.type === 'display' || event.type === 'comm')).toEqual([]);
  expect(session.printed()).toBe('');
});
