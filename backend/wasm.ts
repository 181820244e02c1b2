import {createRequire} from 'node:module';
import {dirname, sep} from 'node:path';
import type {Backend} from './index.ts';
import {mendConvolutions} from './wasm-convolutions.ts';

const require = createRequire(import.meta.url);

/** WebAssembly with SIMD, one thread: tfjs uses workers in browsers only. */
export async function loadWasm(): Promise<Backend> {
  const tf = require('@tensorflow/tfjs') as Backend['tf'];
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  mendConvolutions();
  if (!(await tf.setBackend('wasm'))) throw new Error('this Node cannot run the WebAssembly of @tensorflow/tfjs-backend-wasm');
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return {
    name: 'wasm',
    description: `tfjs ${tf.version.tfjs} on WebAssembly${simd ? ' with SIMD' : ''}, 1 thread`,
    tf,
    whenLayers: listener => listener(tf),
    muteTraining: () => {},
  };
}
