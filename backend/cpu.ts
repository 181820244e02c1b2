import {createRequire} from 'node:module';
import {registerArithmetic} from './arithmetic.ts';
import {registerChainedOps} from './chained-ops.ts';
import {withCodeCache} from './code-cache.ts';
import {tf as core} from './core.ts';
import type {Backend} from './index.ts';
import {registerMatMul} from './mat-mul.ts';

const require = createRequire(import.meta.url);

/**
 * Plain JavaScript. The namespace is put together from the core and CPU packages: the union package also loads WebGL, layers, data and the
 * model converter, which takes three times as long, and a sandbox waits for it. All but WebGL load when they are first touched.
 */
export async function loadCpu(): Promise<Backend> {
  const cpu = withCodeCache(() => require('@tensorflow/tfjs-backend-cpu') as typeof import('@tensorflow/tfjs-backend-cpu'));
  registerChainedOps(core);
  registerMatMul();
  registerArithmetic();
  loadGradientsLate();
  await core.setBackend('cpu');
  // Its first tensor would otherwise print an advertisement for tfjs-node.
  (core.backend() as {firstUse?: boolean}).firstUse = false;
  const tf = namespace([core, cpu], core.version_core);
  const whenLayers: Backend['whenLayers'] = listener => void (layers ? listener(layers) : listeners.push(listener));
  return {name: 'cpu', description: `tfjs ${core.version_core} in plain JavaScript, 1 thread`, tf, whenLayers, muteTraining: () => {}};
}

/** Ops' gradients come with the layers: loaded before the first is asked for. */
function loadGradientsLate(): void {
  const engine = core.engine();
  const {gradients} = engine;
  engine.gradients = (f, xs, dy, allowNoGradients) => {
    engine.gradients = gradients;
    loadLate(layersPackage);
    return engine.gradients(f, xs, dy, allowNoGradients);
  };
}

const layersPackage = '@tensorflow/tfjs-layers';
type Layers = Parameters<Parameters<Backend['whenLayers']>[0]>[0];
const listeners: ((loaded: Layers) => void)[] = [];
let layers: Layers | undefined;

function loadLate(name: string): Record<string, unknown> {
  const loaded = withCodeCache(() => require(name) as Record<string, unknown>);
  if (name === layersPackage && !layers) {
    layers = loaded as unknown as Layers;
    for (const listener of listeners.splice(0)) listener(layers);
  }
  return loaded;
}

/** What the packages that load late export: a test holds the lists against the union package. */
const lateNames = {
  '@tensorflow/tfjs-layers': `Callback CallbackList CustomCallback EarlyStopping History InputSpec LayerVariable LayersModel RNN Sequential
    SymbolicTensor callbacks constraints initializers input layers loadLayersModel metrics model models registerCallbackConstructor
    regularizers sequential version_layers`,
  '@tensorflow/tfjs-converter': 'GraphModel deregisterOp loadGraphModel loadGraphModelSync registerOp version_converter',
};

/** One namespace object with what each package exports, the first that has a name wins; like a module's, its properties are read-only. */
function namespace(packages: readonly object[], version: string): Backend['tf'] {
  const tf = {};
  const define = (key: string, get: () => unknown): void => void (key in tf || Object.defineProperty(tf, key, {enumerable: true, get}));
  for (const exported of packages) for (const key of Object.keys(exported)) define(key, () => exported[key as keyof typeof exported]);
  for (const [name, keys] of Object.entries(lateNames)) for (const key of keys.split(/\s+/)) define(key, () => loadLate(name)[key]);
  const versions = {tfjs: version, 'tfjs-core': version, 'tfjs-layers': version, 'tfjs-backend-cpu': version};
  define('version', () => versions);
  define('data', () => require('@tensorflow/tfjs-data') as unknown);
  return tf as Backend['tf'];
}
