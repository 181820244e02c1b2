import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';

const root = join(import.meta.dirname, '../..');
// In quotes: NODE_OPTIONS is split at spaces.
const withoutTensorflow = `--require ${JSON.stringify(join(import.meta.dirname, 'fixtures/no-tensorflow.cjs'))}`;
const addon = join(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json')),
  'lib/napi-v8/tfjs_binding.node',
);

/** Each backend lives as long as its process: every case is one. */
async function run(code: string, env: Record<string, string> = {}): Promise<{result: Record<string, unknown>; printed: string}> {
  const program = `import {loadBackend} from ${JSON.stringify(join(root, 'backend/index.ts'))};
    const backend = await loadBackend().catch(error => ({error: error.message}));
    const {tf} = backend;
    const result = await (async () => {${code}})();
    console.log('\\n' + JSON.stringify(result));`;
  // oxc-transform is what sessions use; here a loader hook of a few lines lets a bare Node of any version import TypeScript.
  const {stdout, stderr} = await promisify(execFile)(
    process.execPath,
    ['--import', join(import.meta.dirname, 'fixtures/typescript.mjs'), '--input-type=module', '-e', program],
    {
      env: {...process.env, SNAPGRID_BACKEND: '', SNAPGRID_THREADS: '', ...env},
      cwd: root,
    },
  );
  const lines = stdout.trim().split('\n');
  return {result: JSON.parse(lines.pop()!) as Record<string, unknown>, printed: (lines.join('\n') + stderr).trim()};
}

const computes = `const w = tf.variable(tf.tensor2d([[1, 2], [3, 4]]));
  const grad = tf.grad(x => x.matMul(w).relu().sum())(tf.tensor2d([[1, -5]]));
  return {name: backend.name, description: backend.description, grad: Array.from(await grad.data()), layers: typeof tf.layers.dense,
    shared: require('@tensorflow/tfjs-core').getBackend()};`;
const withRequire = `const require = (await import('node:module')).createRequire(${JSON.stringify(join(root, 'package.json'))});`;

describe.each(['cpu', 'wasm', ...(existsSync(addon) ? ['tensorflow'] : [])])('the %s backend', name => {
  it('computes gradients with chained ops, is what tfjs-core computes with, and prints nothing of its own', async () => {
    const {result, printed} = await run(withRequire + computes, {SNAPGRID_BACKEND: name});
    // d/dx sum(relu(x·w)): x·w = [-14, -18], so relu passes nothing.
    expect(result).toMatchObject({name, grad: [0, 0], layers: 'function', shared: name});
    expect(printed).toBe('');
  });
});

it.runIf(existsSync(addon))('TensorFlow keeps to one core with SNAPGRID_THREADS=1', async () => {
  const busy = `const a = tf.randomNormal([1200, 1200]); tf.matMul(a, a).dataSync();
    const start = performance.now(), before = process.cpuUsage();
    for (let i = 0; i < 10; i++) tf.matMul(a, a).dataSync();
    const used = process.cpuUsage(before);
    return {cores: (used.user + used.system) / 1000 / (performance.now() - start), description: backend.description};`;
  const {result} = await run(busy, {SNAPGRID_THREADS: '1'});
  expect(result['cores']).toBeLessThan(1.2);
  expect(result['description']).toMatch(/^TensorFlow .*, 1 thread$/);
});

it('falls back to WASM when TensorFlow cannot load, and says why', async () => {
  const {result} = await run(`return {name: backend.name, description: backend.description};`, {
    NODE_OPTIONS: withoutTensorflow,
  });
  expect(result['name']).toBe('wasm');
  expect(result['description']).toMatch(/tensorflow did not load: the library is broken/);
});

it('refuses to compute with another backend than the one asked for', async () => {
  const broken = {SNAPGRID_BACKEND: 'tensorflow', NODE_OPTIONS: withoutTensorflow};
  expect((await run('return backend;', broken)).result['error']).toMatch(/Expected the tensorflow backend.*the library is broken/);
  expect((await run('return backend;', {SNAPGRID_BACKEND: 'gpu'})).result['error']).toMatch(/tensorflow, wasm or cpu, got "gpu"/);
});

it('the cpu backend has every name of tfjs but WebGL, and every method of its tensors', async () => {
  const {result} = await run(
    `${withRequire}
    const ours = {names: new Set(Object.keys(tf)), methods: new Set(Object.getOwnPropertyNames(tf.Tensor.prototype))};
    const x = tf.tensor2d([[1, 2], [3, 4]]);
    const shapes = [x.as1D(), x.as3D(1, 2, 2), x.concat(x, 1), x.stack(x), x.flatten(), x.toInt(), x.where(x.greater(2), x.mul(0)), x.oneHot ? x.toInt().oneHot(5) : x].map(t => t.shape);
    const loaded = tf.data.array([1]) && tf.GraphModel.name;
    const union = require('@tensorflow/tfjs');
    return {shapes, loaded, names: Object.keys(union).filter(key => !ours.names.has(key)), methods: Object.getOwnPropertyNames(union.Tensor.prototype).filter(key => !ours.methods.has(key))};`,
    {SNAPGRID_BACKEND: 'cpu'},
  );
  expect(result['methods']).toEqual([]);
  expect(result['names']).toEqual([
    'GPGPUContext',
    'MathBackendWebGL',
    'forceHalfFloat',
    'gpgpu_util',
    'setWebGLContext',
    'version_webgl',
    'webgl',
    'webgl_util',
  ]);
  expect(result['shapes']).toEqual([[4], [1, 2, 2], [2, 4], [2, 2, 2], [4], [2, 2], [2, 2], [2, 2, 5]]);
  expect(result['loaded']).toBe('GraphModel');
});
