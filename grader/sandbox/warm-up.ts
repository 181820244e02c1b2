import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {inside} from './bubblewrap.ts';
import {codeCaching} from '../../backend/code-caching.ts';
import {SessionConnection} from '../../session/wire/connection.ts';
import {type SessionOptions, sessionCommand} from '../../session/wire/options.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** Flags of a sandbox's Node; what V8 compiled under others it refuses. One core per sandbox: more threads only take time from the others. */
export const nodeFlags: readonly string[] = ['--single-threaded-gc', '--v8-pool-size=1'];

/** The arguments that start a session by `program`, a path of the runtime folder. */
export function sessionArguments(options: SessionOptions, program: string): string[] {
  return [...nodeFlags, ...sessionCommand(options).args.map(argument => (argument.endsWith('session/main.js') ? program : argument))];
}

const limitMs = 60_000;
const input: TensorData = {dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, -2, 3, 4)};

/** What submissions are like: of the code that these run, V8 keeps what it made. */
const cells = [
  "import * as tf from '@tensorflow/tfjs-node-gpu';\nimport {check} from 'snapgrid/exercises/warm-up';",
  `function quantize(x: tf.Tensor): {codes: tf.Tensor; scale: number} {
  const scale = x.abs().max().dataSync()[0]! / 127 || 1;
  return {codes: x.div(scale).round().clipByValue(-127, 127).toInt(), scale};
}
const restore = (x: tf.Tensor): tf.Tensor => tf.tidy(() => quantize(x).codes.toFloat().mul(quantize(x).scale).add(1).sub(x).mean());
const loss = (x: tf.Tensor2D): tf.Tensor => x.matMul(x).square().sum();
class Layer {
  constructor(private readonly weights: tf.Tensor) {}
  apply = (x: tf.Tensor): tf.Tensor => x.mul(this.weights).relu();
}
console.log(quantize(tf.tensor2d([1, -2, 3, 4], [2, 2])).codes, restore(tf.tensor1d([1, 2])).dataSync(), tf.norm([1, 2]).dataSync());`,
  "await check('quantize')",
  "throw new Error('as some do')",
];

/**
 * Has V8 keep what it makes of a runtime folder's code, so that no sandbox parses and compiles it again: of our own code alone.
 * @throws Error where nothing was kept
 */
export async function warmUp(folder: string, program: string, backend: 'cpu' | 'tensorflow', codeCache: string): Promise<void> {
  const inert = ['snapgrid/exercises/*'];
  const session = {
    folder: tmpdir(),
    display: false,
    backend,
    allow: ['@tensorflow/*', ...inert],
    inert,
    outputBytes: 2 ** 20,
    secondThread: false,
  };
  const child = spawn(process.execPath, sessionArguments(session, join(folder, program)), {
    cwd: tmpdir(),
    env: {
      PATH: '/usr/bin:/bin',
      [codeCaching.folder]: join(folder, codeCache),
      [codeCaching.making]: inside.runtime,
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  try {
    await Promise.race([use(child), sleep(limitMs, undefined, {ref: false})]);
    child.kill(codeCaching.signal);
    await Promise.race([ended, sleep(limitMs, undefined, {ref: false})]);
  } finally {
    child.kill('SIGKILL');
  }
  const kept = await readdir(join(folder, codeCache)).catch(() => []);
  if (!kept.length) throw new Error(`expected a session to keep code within ${limitMs / 1000} s, got none`);
}

async function use(child: ChildProcess): Promise<void> {
  const [, stdout, stderr, requests, control, events] = child.stdio as unknown as [null, Readable, Readable, Writable, Writable, Readable];
  const connection = new SessionConnection({stdout, stderr, requests, control, events}, {});
  await connection.ready;
  for (const code of cells) await connection.run({name: 'cell', code, result: false, limitMs});
  await connection.call('quantize', [input]);
  await connection.call('missing', [input]);
  await connection.gradient('loss', [input], [0], {...input, shape: [], data: Float32Array.of(1)});
  const layer = await connection.construct('Layer', [input]);
  if (layer.status === 'ok') await connection.invoke(layer.value as number, 'apply', [input]);
}
