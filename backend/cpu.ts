import {createRequire} from 'node:module';
import {registerChainedOps} from './chained-ops.ts';
import type {Backend} from './index.ts';

const require = createRequire(import.meta.url);

/**
 * Plain JavaScript. The namespace is put together from the core, layers and CPU packages: the union package also loads WebGL, data and the
 * model converter, which takes as long again, and a sandbox waits for it. Data and converter load when they are first touched.
 */
export async function loadCpu(): Promise<Backend> {
  const core = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core');
  const layers = require('@tensorflow/tfjs-layers') as typeof import('@tensorflow/tfjs-layers');
  const cpu = require('@tensorflow/tfjs-backend-cpu') as typeof import('@tensorflow/tfjs-backend-cpu');
  registerChainedOps(core);
  await core.setBackend('cpu');
  // Its first tensor would otherwise print an advertisement for tfjs-node.
  (core.backend() as {firstUse?: boolean}).firstUse = false;
  const tf = namespace([core, layers, cpu], core.version_core);
  return {name: 'cpu', description: `tfjs ${core.version_core} in plain JavaScript, 1 thread`, tf};
}

const converterNames = ['GraphModel', 'deregisterOp', 'loadGraphModel', 'loadGraphModelSync', 'registerOp', 'version_converter'] as const;

/** One namespace object with what each package exports, the first that has a name wins; like a module's, its properties are read-only. */
function namespace(packages: readonly object[], version: string): Backend['tf'] {
  const tf = {};
  const define = (key: string, get: () => unknown): void => void (key in tf || Object.defineProperty(tf, key, {enumerable: true, get}));
  for (const exported of packages) for (const key of Object.keys(exported)) define(key, () => exported[key as keyof typeof exported]);
  const versions = {tfjs: version, 'tfjs-core': version, 'tfjs-layers': version, 'tfjs-backend-cpu': version};
  define('version', () => versions);
  define('data', () => require('@tensorflow/tfjs-data') as unknown);
  for (const key of converterNames) define(key, () => (require('@tensorflow/tfjs-converter') as Record<string, unknown>)[key]);
  return tf as Backend['tf'];
}
