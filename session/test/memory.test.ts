import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

const addon = join(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json')),
  'lib/napi-v8/tfjs_binding.node',
);
const imports = "import * as tf from '@tensorflow/tfjs-node-gpu'; import {display, reportLeaks, tensors} from 'snapgrid/display';";

let session: TestSession;
let count = 0;
/** Runs a cell as `In [n]`; gives what it said on stderr. */
async function said(code: string, name = `In [${++count}]`): Promise<string> {
  session.events.length = 0;
  await session.run(code, name);
  return session.printed({name: 'stderr'});
}
const lines = (text: string): string[] => text.split('\n').map(line => line.trim());

afterAll(stopAll);

describe.each(['cpu', 'wasm', ...(existsSync(addon) ? ['tensorflow'] : [])] as const)('with the %s backend', backend => {
  beforeAll(async () => {
    session = new TestSession({memory: true, backend: backend as 'cpu'});
    await session.run(imports);
  });

  it('a cell says once what it left that nobody holds: count, bytes, line', async () => {
    const text = await said('const x = tf.ones([4]);\nconst y = x.mul(2).add(1);\ntf.tidy(() => x.square().sum()).dispose();', 'In [4]');
    expect(lines(text)).toEqual([
      '1 tensor (16 bytes) made at In [4]:2 is held by no variable: wrap the line in tf.tidy(() => …) or dispose it.',
      'const y = x.mul(2).add(1);',
      '',
    ]);
    expect(await said('1 + 1')).toBe('');
    expect(await said('const z = tf.ones([1])')).toBe('');
    session.stop();
  });

  it('an error from deep inside an op names the line', async () => {
    session = new TestSession({memory: true, backend: backend as 'cpu'});
    await session.run(imports);
    const done = await session.run('const a = 1;\ntf.ones([2, 3]).matMul(tf.ones([2, 3]))', 'In [1]');
    expect(done.status === 'error' && done.error.traceback.join('\n')).toMatch(/> 2 \| tf\.ones[^]*at \(In \[1\]:2:17\)/);
    session.stop();
  });

  it('training reports nothing of its own', async () => {
    session = new TestSession({memory: true, backend: backend as 'cpu'});
    await session.run(imports);
    expect(
      await said(`const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [3], activation: 'relu'}), tf.layers.dropout({rate: 0.5}), tf.layers.dense({units: 1})]});
        model.compile({optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mae']});
        const xs = tf.ones([8, 3]), ys = tf.ones([8, 1]);`),
    ).toBe('');
    expect(await said('await model.fit(xs, ys, {epochs: 2, batchSize: 4, validationSplit: 0.25, verbose: 0}); 0')).toBe('');
    expect(await said('const optimizer = tf.train.adam(); const w = tf.tidy(() => tf.variable(tf.ones([3, 1])));')).toBe('');
    expect(await said('for (let i = 0; i < 5; i++) optimizer.minimize(() => tf.losses.meanSquaredError(ys, xs.matMul(w)) as any);')).toBe(
      '',
    );
    expect(await said('const shown = model.predict(xs) as tf.Tensor;')).toBe('');
    session.stop();
  });
});

describe('what holds a tensor', () => {
  beforeAll(async () => {
    session = new TestSession({memory: true});
    await session.run(imports);
  });

  const holders: Record<string, string> = {
    'a variable': 'let a1 = tf.ones([2])',
    'a list in a record': 'const a2 = {list: [[tf.ones([2])]]}',
    'a map and its key, a set':
      'const a3 = new Map<unknown, unknown>([[tf.ones([2]), 1], ["b", tf.ones([3])]]); const s3 = new Set([tf.ones([2])])',
    'a closure': 'const a4 = (() => { const hidden = tf.ones([2]); return () => hidden.shape })()',
    'a private field': 'class Private { #w = tf.ones([2]); get shape() { return this.#w.shape } }; const a5 = new Private()',
    'a static field': 'class Static { static w = tf.ones([2]) }',
    "a symbol key, a getter's secret":
      'const a6 = (() => { const t = tf.ones([2]); return {[Symbol("s")]: tf.ones([2]), get t() { return t }} })()',
    'a proxy': 'const a7 = new Proxy({t: tf.ones([2])}, {ownKeys() { throw new Error("trap") }, get() { throw new Error("trap") }})',
    'globalThis': '(globalThis as any).a8 = tf.ones([2])',
    'a promise': 'const a9 = Promise.resolve(tf.ones([2]))',
    'a timer': 'const a10 = (() => { const t = tf.ones([2]); return setTimeout(() => t.print(), 1e6) })(); a10.unref(); 0',
    'a generator that waits': 'const a11 = (function* () { const t = tf.ones([2]); yield 1; t.print() })(); a11.next(); 0',
    'deep nesting': 'let a12: any = {t: tf.ones([2])}; for (let i = 0; i < 100; i++) a12 = {a12}; 0',
    'a list behind a hundred thousand others': 'const a13 = [Array.from({length: 1e5}, () => ({})), {t: tf.ones([2])}]; 0',
    'tf.variable in tf itself': 'function make() { tf.tidy(() => { tf.variable(tf.ones([2])) }) } make()',
    'the value that is shown': 'tf.ones([2])',
    'a default of a destructuring': 'const {p = tf.ones([2])} = {} as any',
    'a name that is declared again': 'const a14 = 1; let b14 = tf.ones([2])',
  };
  for (const [name, code] of Object.entries(holders))
    it(`is seen: ${name}`, async () => {
      expect(await said(code)).toBe('');
    });

  it('and drops it: the next cell that makes tensors says so, once', async () => {
    await said('let held: any = tf.ones([8])', 'In [50]');
    expect(await said('held = tf.ones([9])', 'In [51]')).toContain('1 tensor (32 bytes) made at In [50]:1 is held by no variable any more');
    await said('held = undefined', 'In [52]');
    expect(await said('const other = tf.ones([1])', 'In [53]')).toContain('1 tensor (36 bytes) made at In [51]:1');
    expect(await said('const another = tf.ones([1])', 'In [54]')).toBe('');
  });

  it('is found out by running a cell again', async () => {
    await said('const again = tf.ones([16])', 'In [60]');
    expect(await said('const again = tf.ones([16])', 'In [61]')).toContain('made at In [60]:1');
  });

  it('that a variable held before is not blamed on its line, and told apart from what none ever held', async () => {
    const cell = 'const first = tf.ones([16]);\nconst second = {part: first.mul(2)};';
    expect(await said(cell, 'In [62]')).toBe('');
    expect(await said(cell, 'In [63]')).toBe(
      '2 tensors (128 bytes) are held by no variable any more: their variables have other values now, as after a cell ran again. ' +
        'Dispose them before that, or restart the kernel; a few do no harm.\n',
    );
    expect(lines(await said('const first = tf.ones([3]);\nfirst.add(1).print();', 'In [64]'))).toEqual([
      '1 tensor (12 bytes) made at In [64]:2 is held by no variable: wrap the line in tf.tidy(() => …) or dispose it.',
      'first.add(1).print();',
      '1 tensor (64 bytes) made at In [63]:1 is held by no variable any more: its variable has another value now, as after a cell ran again. ' +
        'Dispose it before that, or restart the kernel; a few do no harm.',
      '',
    ]);
  });
});

describe('a leak', () => {
  beforeEach(async () => {
    session = new TestSession({memory: true});
    count = 0;
    await session.run(imports);
  });

  it('names each line, the innermost of the learner, also in a helper of an earlier cell', async () => {
    await said('function helper(x: tf.Tensor) {\n  const twice = x.mul(2);\n  return twice.add(1);\n}');
    const text = await said('const x = tf.ones([2]);\nconst a = helper(x);\nfor (let i = 0; i < 3; i++) {\n  tf.square(x);\n}');
    expect(lines(text)).toEqual([
      '4 tensors (32 bytes) are held by no variable: wrap these lines in tf.tidy(() => …) or dispose what they make.',
      '3 (24 bytes) at In [2]:4: tf.square(x);',
      '1 (8 bytes) at In [1]:2 (from In [2]:2): const twice = x.mul(2);',
      '',
    ]);
  });

  it('that a tf.tidy gave back is to be disposed', async () => {
    expect(await said('tf.tidy(() => tf.ones([1])).print()')).toContain(
      'made at In [1]:1 is held by no variable: tf.tidy gave it back, dispose it after use.',
    );
  });

  it('after an await, in a callback, and beside an error belongs to its cell', async () => {
    expect(await said('async function later() {\n  await null;\n  tf.ones([1]);\n}\nawait later();')).toContain('made at In [1]:3');
    expect(await said('await new Promise(done => setTimeout(() => {\n  tf.ones([1]);\n  done(0);\n}, 5));')).toContain('made at In [2]:2');
    expect(await said('tf.ones([1]);\nthrow new Error("no")')).toContain('made at In [3]:1');
    expect(await said('setTimeout(() => void tf.ones([1]), 1); 0', 'In [4]')).toBe('');
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(await said('const t = tf.ones([1])')).toContain('made at In [4]:1');
  });

  it('beside a cell that waits is judged when nothing else runs', async () => {
    const waits = session.run('await new Promise(() => {})', 'In [1]');
    expect(await session.connection.run({name: 'In [2]', code: 'tf.ones([3]); 0', result: true}, () => {}, 1)).toMatchObject({
      status: 'ok',
    });
    session.connection.interrupt();
    expect(await waits).toMatchObject({status: 'error'});
    // V8 may have collected it by itself meanwhile, and the report have come at once.
    const before = session.printed({name: 'stderr'});
    expect(before + (await said('tf.ones([1]); 0', 'In [3]'))).toContain('In [2]:1');
  });

  it('of every dtype, and of kept tensors, is counted', async () => {
    expect(await said("tf.tensor(['a', 'bc']); tf.complex([1], [2]); tf.zeros([0, 3]); tf.scalar(true, 'bool'); 0")).toMatch(
      /^4 tensors \(\d+ bytes\)/,
    );
    expect(await said('tf.tidy(() => { tf.keep(tf.ones([3])); return 0 })')).toContain('1 tensor (12 bytes)');
  });

  it('of ten thousand tensors is one report', async () => {
    const text = await said('for (let i = 0; i < 10_000; i++) {\n  tf.scalar(i);\n}');
    expect(lines(text)[0]).toBe(
      '10,000 tensors (39.1 KB), most made at In [1]:2, are held by no variable: wrap the line in tf.tidy(() => …) or dispose them.',
    );
    expect(await session.text('tensors().filter(row => row.count > 1).map(row => [row.count, row.line, row.bytes])')).toMatch(
      /\[ 10000, 'In \[1\]:2', 40000 \]/,
    );
  });

  it('is not reported after reportLeaks(false), and not in a session without a watch', async () => {
    expect(await said('reportLeaks(false); tf.ones([1]); 0')).toBe('');
    expect(await said('reportLeaks(true); tf.ones([1]); 0')).toContain('2 tensors');
    session = new TestSession();
    await session.run(imports);
    expect(await said('tf.ones([1]); 0')).toBe('');
    expect(await session.text('tensors()')).toBe('No tensors are watched: this is no notebook.');
  });

  it('is not reported of what a check makes the learner’s code do, and an answer may keep a tensor from call to call', async () => {
    await session.run(`import {inNotebook} from 'snapgrid/checking';
      let kept: tf.Tensor | undefined;
      async function answer(x: number) { tf.ones([5]); await null; tf.ones([6]); kept ??= tf.scalar(x); return kept.mul(2); }
      const measure = async (learner: any) => {
        for (let i = 0; i < 3; i++) await learner.call('answer', 2);
        const {data} = await learner.call('answer', 2);
        return {measured: data[0], comparison: '==', threshold: 4, unit: '', message: ''};
      };
      const tasks = [{name: 'answer', title: 'Answer', checks: [{name: 'doubles', points: 1, measure}]}];
      const {check} = inNotebook({slug: 'lesson', title: 'Lesson', tasks} as any);`);
    expect(await said("const {result} = await check('answer');")).toBe('');
    expect(await session.text('result.verdict')).toBe("'passed'");
    expect(await session.text('tensors().filter(row => row.name === "kept").length')).toBe('1');
    expect(await said('await answer(2); 0')).toMatch(/^\d+ tensors .* are held by no variable/);
  });

  it('is reported again after a check was interrupted', async () => {
    await session.run("import {LocalLearner} from 'snapgrid/checking'; const forever = () => { console.log('in'); for (;;) {} };");
    session.events.length = 0;
    const checked = session.run("await new LocalLearner(() => forever).call('forever')");
    while (!session.printed()) await new Promise(resolve => setTimeout(resolve, 20));
    session.connection.interrupt();
    expect((await checked).status).toBe('error');
    expect(await said('tf.ones([3]); 0')).toContain('1 tensor (12 bytes)');
  });

  it('does not count what tf was reset to', async () => {
    await said('const a = tf.ones([1])');
    await said('tf.engine().reset(); await tf.setBackend("cpu"); 0');
    expect(await session.text('tensors().length')).toBe('0');
  });
});

describe('tensors()', () => {
  it('lists what is alive by name, cell and line, without an import', async () => {
    session = new TestSession({memory: true});
    expect(await session.text('tensors()')).toBe('No tensors: no cell has imported tf yet.');
    await session.run("import * as tf from '@tensorflow/tfjs-node-gpu';", 'In [1]');
    await session.run(
      "const weights = {first: tf.ones([2, 3])};\nconst v = tf.tidy(() => tf.variable(tf.zeros([4]), true, 'mine'));",
      'In [2]',
    );
    await session.run('tf.scalar(5, "int32")', 'In [3]');
    await session.run('tf.tidy(() => { tf.variable(tf.zeros([1]), true, "unnamed") }); v.assign(tf.tidy(() => tf.ones([4]))); 0', 'In [4]');
    const text = await session.text('tensors()', 'In [5]');
    const rows = text.split('\n').map(line => line.split(/\s{2,}/));
    expect(rows[0]).toEqual(['name', 'cell', 'line', 'dtype', 'shape', 'bytes']);
    expect(rows).toContainEqual(['weights.first', 'In [2]', 'In [2]:1', 'float32', '[2, 3]', '24']);
    expect(rows).toContainEqual(['v', 'In [2]', 'In [2]:2', 'float32', '[4]', '16']);
    expect(rows).toContainEqual(['(shown by its cell)', 'In [3]', 'In [3]:1', 'int32', '[]', '4']);
    expect(rows).toContainEqual(['tf.Variable “unnamed”', 'In [4]', 'In [4]:1', 'float32', '[1]', '4']);
    await session.run('v.dispose(); tf.dispose(weights)', 'In [6]');
    expect(await session.text('tensors().map(row => row.name).join()')).not.toMatch(/weights|\bv\b/);
  });
});
