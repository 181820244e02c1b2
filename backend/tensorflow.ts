import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {withCodeCache} from './code-cache.ts';
import type {Backend} from './index.ts';
import {chosenThreads, describeThreads} from './threads.ts';

const require = createRequire(import.meta.url);

/** Native TensorFlow through @tensorflow/tfjs-node-gpu. @throws Error saying what is missing and how to get it. */
export async function loadTensorflow(): Promise<Backend> {
  restoreUtil();
  setUpEnvironment();
  const tf = load();
  await tf.ready();
  const native = tf.backend() as NativeBackend;
  const device = native.isUsingGpuDevice ? `GPU ${gpuName() ?? ''}`.trim() : `CPU, ${describeThreads()}`;
  return {
    name: 'tensorflow',
    description: `TensorFlow ${native.binding.TF_Version}, ${device}`,
    tf,
    whenLayers: listener => listener(tf),
    muteTraining,
  };
}

/** tfjs-node prints two lines an epoch, and a bar for a terminal, through these two, which it exports for its own tests. */
function muteTraining(): void {
  const {progressBarHelper} = require('@tensorflow/tfjs-node-gpu/dist/callbacks.js') as {
    progressBarHelper: {log: () => void; ProgressBar: new () => {tick(): void}};
  };
  progressBarHelper.log = () => {};
  progressBarHelper.ProgressBar = class {
    tick(): void {}
  };
}

/** What tfjs-node's backend has beside tfjs's interface. */
type NativeBackend = {binding: {TF_Version: string}; isUsingGpuDevice: boolean} & ReturnType<Backend['tf']['backend']>;

function load(): Backend['tf'] {
  try {
    return withCodeCache(() => require('@tensorflow/tfjs-node-gpu') as Backend['tf']);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/can not be found at path/.test(message))
      throw new Error('TensorFlow is not set up here, `npx snapgrid setup` does it', {cause: error});
    throw error;
  }
}

/** Two functions of `util` that tfjs-node calls: Node 23 removed them, and Node 22 prints a deprecation when they are called. */
function restoreUtil(): void {
  const util = require('node:util') as {isNullOrUndefined: (value: unknown) => boolean; isArray: (value: unknown) => boolean};
  util.isNullOrUndefined = value => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** TensorFlow reads these when its library loads; what the user has set stays. */
function setUpEnvironment(): void {
  const {env} = process;
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // oneDNN announces itself on stderr in every process (no log level silences it) and makes numbers depend on the CPU's kind;
  // measured on a small CNN, training without it takes 0 to 20 % longer.
  env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
  env['TF_DETERMINISTIC_OPS'] ??= '1';
  env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  const threads = chosenThreads();
  if (threads === undefined) return;
  // Measured: the intra-op count alone decides how many cores a matrix product uses; OMP_NUM_THREADS changes nothing.
  env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  env['TF_NUM_INTEROP_THREADS'] ??= String(threads);
}

/** The first NVIDIA GPU's name as its driver tells it. */
export function gpuName(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus';
  if (!existsSync(folder)) return undefined;
  for (const gpu of readdirSync(folder)) {
    const model = /^Model:\s*(.+)$/m.exec(readFileSync(`${folder}/${gpu}/information`, 'utf8'))?.[1];
    if (model) return model.trim();
  }
  return undefined;
}
