import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Event, MimeBundle} from '../wire/messages.ts';
import {stopAll, TestSession} from './start.ts';

type Display = Event & {type: 'display'};
let session: TestSession;
const shownBy = async (code: string): Promise<Display[]> => {
  session.events.length = 0;
  const done = await session.run(code);
  if (done.status === 'error' && !code.includes('throw')) throw new Error(done.error.traceback.join('\n'));
  return session.events.flatMap(e => (e.type === 'display' ? [e] : []));
};
const text = (bundle: MimeBundle | undefined): string => String(bundle?.['text/plain']);
const last = (displays: readonly Display[]): string => text(displays.at(-1)?.bundle);
/** One display that is then only updated. */
const inPlace = (displays: readonly Display[]): boolean =>
  new Set(displays.map(e => e.displayId)).size === 1 && displays.every((e, i) => Boolean(e.update) === i > 0);

beforeAll(async () => {
  session = new TestSession();
  await session.run("import * as tf from '@tensorflow/tfjs-node-gpu'; import {liveCurves, progress} from 'snapgrid/display'");
});
afterAll(stopAll);

describe('a progress bar', () => {
  it('is one display that is updated in place, also in a loop that never awaits', async () => {
    const shown = await shownBy(
      'let sum = 0; for (const i of progress(5, {label: "five"})) { sum += i; const end = Date.now() + 60; while (Date.now() < end); } sum',
    );
    expect(inPlace(shown)).toBe(true);
    expect(shown.length).toBeGreaterThan(2);
    expect(text(shown[0]!.bundle)).toMatch(/^five ░{30} 0% 0 of 5/);
    expect(last(shown)).toMatch(/^five █{30} 100% 5 of 5 · 0\.\d s · [\d.]+\/s$/);
    expect(shown.at(-1)!.bundle['text/html']).toContain('role="progressbar"');
    expect(text(shown.at(-2)!.bundle)).toMatch(/ left · [\d.]+\/s$/);
  });

  it('is drawn now and then, not for each item', async () => {
    const shown = await shownBy('for (const i of progress(100_000)) void i');
    expect(shown.length).toBeLessThan(50);
    expect(last(shown)).toContain('100,000 of 100,000');
  });

  it('goes over lists, sets, generators, promises and streams, and gives their items', async () => {
    expect(await session.text('[...progress(new Set([1, 2]))]')).toBe('[ 1, 2 ]');
    expect(await session.text('const got: any[] = []; for await (const x of progress([Promise.resolve(3), 4])) got.push(x); got')).toBe(
      '[ 3, 4 ]',
    );
    const stream = '(async function* () { yield 1; yield 2 })()';
    expect(last(await shownBy(`for await (const x of progress(${stream}, {total: 4})) void x`))).toMatch(/100% 2 of 4|50% 2 of 4/);
    expect(last(await shownBy('for (const x of progress((function* () { yield 1 })())) void x'))).toMatch(/^1 · 0\.0 s/);
    expect(last(await shownBy('for (const x of progress([])) void x'))).toContain('100% 0 of 0');
    expect(await session.run('progress(5n as any)')).toMatchObject({
      status: 'error',
      error: {message: expect.stringContaining('Expected a number, or items') as string},
    });
  });

  it('that is left early says where it stopped, and lets its items go', async () => {
    expect(last(await shownBy('for (const x of progress([1, 2, 3])) if (x === 2) break'))).toContain('33% stopped at 1 of 3');
    expect(last(await shownBy('for (const x of progress([1, 2, 3])) if (x === 3) throw new Error("x")'))).toContain('stopped at 2 of 3');
    await shownBy(
      'let closed = false; function* items() { try { yield 1; yield 2 } finally { closed = true } } for (const x of progress(items())) break',
    );
    expect(await session.text('closed')).toBe('true');
  });

  it('by hand shows its last state when the cell is done', async () => {
    expect(last(await shownBy('const bar = progress(1000); for (let i = 0; i < 500; i++) bar.advance()'))).toContain('50% 500 of 1,000');
    const more = await shownBy('bar.advance(500); bar.advance()');
    expect(more.map(e => e.update)).toEqual([true]);
    expect(last(more)).toContain('100% 1,000 of 1,000');
  });
});

describe('live curves', () => {
  beforeAll(() =>
    session.run(`const fresh = () => { const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})], name: 'tiny' + Math.random()});
      model.compile({optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae']}); return model };
      const xs = tf.ones([8, 2]), ys = tf.ones([8, 1]); let model = fresh();`),
  );

  it('are drawn by fit itself: one picture with a legend, its last state in the end', async () => {
    const shown = await shownBy('await model.fit(xs, ys, {epochs: 12, validationSplit: 0.25}); 0');
    expect(inPlace(shown)).toBe(true);
    expect(last(shown)).toMatch(
      /^tiny.* · epoch 12 of 12 · [\d.]+ s · loss [\d.e-]+ · val_loss [\d.e-]+ · mae [\d.e-]+ · val_mae [\d.e-]+$/,
    );
    const html = String(shown.at(-1)!.bundle['text/html']);
    expect(html.match(/<svg role="img"/g)?.length).toBe(2);
    expect(html).toContain('aria-label="loss by epoch"');
    expect(html).toMatch(/━━<\/span> loss .*╍╍<\/span> val_loss /);
  });

  it('are not drawn with verbose: 0', async () => {
    expect(await shownBy('await model.fit(xs, ys, {epochs: 2, verbose: 0}); 0')).toEqual([]);
  });

  it('of many short fits in a cell are one, of two models two', async () => {
    const loop = await shownBy('model = fresh(); for (let i = 0; i < 10; i++) await model.fit(xs, ys, {epochs: 1}); 0');
    expect(inPlace(loop)).toBe(true);
    expect(last(loop)).toContain(' 10 epochs ');
    const two = await shownBy('for (const each of [fresh(), fresh()]) await each.fit(xs, ys, {epochs: 2}); 0');
    expect(new Set(two.map(e => e.displayId)).size).toBe(2);
    const many = await shownBy('for (let i = 0; i < 20; i++) await fresh().fit(xs, ys, {epochs: 2}); 0');
    expect(new Set(many.map(e => e.displayId)).size).toBe(8);
  });

  it('that are chosen stand alone, beside other callbacks too', async () => {
    const shown = await shownBy(
      "await model.fit(xs, ys, {epochs: 3, callbacks: [liveCurves({title: 'mine', log: true}), tf.callbacks.earlyStopping({monitor: 'loss', patience: 9})]}); 0",
    );
    expect(inPlace(shown)).toBe(true);
    expect(last(shown)).toMatch(/^mine · epoch 3 of 3/);
    const batches = await shownBy(
      "await model.fit(xs, ys, {epochs: 2, batchSize: 2, validationData: [xs, ys], callbacks: liveCurves({every: 'batch'})}); 0",
    );
    expect(last(batches)).toMatch(/^8 batches .*val_loss/);
    expect(inPlace(await shownBy('await model.fit(xs, ys, {epochs: 2}); 0'))).toBe(true);
  });

  it('are fed by hand in a loop that never awaits, with NaN and infinite values', async () => {
    const shown = await shownBy(
      'const curves = liveCurves(); for (let i = 0; i < 5000; i++) curves.add({loss: i === 7 ? NaN : 1 / i, size: 3})',
    );
    expect(inPlace(shown)).toBe(true);
    expect(last(shown)).toMatch(/^5,000 steps · .* loss 2\.00e-4$/);
    const html = String(shown.at(-1)!.bundle['text/html']);
    expect(html).not.toMatch(/NaN|Infinity/);
    expect(html.length).toBeLessThan(20_000);
  });
});
