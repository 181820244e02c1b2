import {loadCpu} from './cpu.ts';
import {loadTensorflow} from './tensorflow.ts';
import {loadWasm} from './wasm.ts';

export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

export interface Backend {
  readonly name: BackendName;
  /** For people: `TensorFlow 2.21.0, CPU, 2 threads`; where a better backend did not load, also why. */
  readonly description: string;
  readonly tf: typeof import('@tensorflow/tfjs');
  /** Tells when the layers are loaded: now, or where they load late, just before they are first used. */
  whenLayers(listener: (tf: Pick<typeof import('@tensorflow/tfjs'), 'CustomCallback' | 'registerCallbackConstructor'>) => void): void;
  /** Keeps `fit` from printing lines of its own. */
  muteTraining(): void;
}

const loaders: Record<BackendName, () => Promise<Backend>> = {tensorflow: loadTensorflow, wasm: loadWasm, cpu: loadCpu};
const bestFirst: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu'];

let loaded: {requested: BackendName | undefined; backend: Promise<Backend>} | undefined;

/**
 * Loads the best backend once: native TensorFlow, else WASM, else plain JavaScript; every later call returns the same one.
 * A name, or SNAPGRID_BACKEND, chooses; what was chosen and does not load is an error, never silently another backend.
 * @throws Error when the chosen backend cannot load, or another one is loaded already.
 */
export async function loadBackend(name: BackendName | undefined = backendFromEnvironment()): Promise<Backend> {
  if (!loaded) loaded = {requested: name, backend: name ? loadChosen(name) : loadBest()};
  else if (name && name !== loaded.requested) return checkLoaded(loaded.backend, name);
  return loaded.backend;
}

function backendFromEnvironment(): BackendName | undefined {
  const name = process.env['SNAPGRID_BACKEND'];
  if (!name) return undefined;
  const known = bestFirst.find(known => known === name);
  if (!known)
    throw new Error(
      `Expected SNAPGRID_BACKEND to be tensorflow, wasm or cpu, got ${JSON.stringify(name)}; unset it to get the best that loads.`,
    );
  return known;
}

async function checkLoaded(loading: Promise<Backend>, name: BackendName): Promise<Backend> {
  const backend = await loading;
  if (backend.name === name) return backend;
  throw new Error(
    `Expected the ${name} backend, but this process already computes with ${backend.name}; start a new process to change it.`,
  );
}

async function loadChosen(name: BackendName): Promise<Backend> {
  try {
    return await loaders[name]();
  } catch (error) {
    throw new Error(
      `Expected the ${name} backend, which was asked for, to load: ${firstLine(error)} (Without SNAPGRID_BACKEND the best that loads is taken.)`,
      {cause: error},
    );
  }
}

async function loadBest(): Promise<Backend> {
  const failures: string[] = [];
  for (const name of bestFirst) {
    try {
      const backend = await loaders[name]();
      return failures.length ? {...backend, description: `${backend.description} (${failures.join('; ')})`} : backend;
    } catch (error) {
      failures.push(`${name} did not load: ${firstLine(error)}`);
    }
  }
  throw new Error(
    `Expected a backend for tensors to load, but none did: ${failures.join('; ')}. Run \`npm ci\`, then \`npx snapgrid doctor\`.`,
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
}
