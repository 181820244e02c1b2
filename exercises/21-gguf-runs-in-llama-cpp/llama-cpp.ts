import {fork} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {bitsPerValue} from '../../checking/metrics.ts';
import {courseText} from '../../data/course-text.ts';
import {llamaMetadata} from '../../data/llama-metadata.ts';
import {tinyLlama} from '../../data/tiny-llama.ts';
import {projectRoot} from '../../project/root.ts';
import {ggmlType} from '../../quant/files/ggml/index.ts';
import {encodeFloats} from '../../quant/formats/float-codes.ts';
import {float16} from '../../quant/formats/float-format.ts';
import {inGgml} from './inputs.ts';
import type {GgufTensor, MetadataEntry, QuantizeQ4_0, QuantizeQ8_0, WriteGguf} from './interface.ts';

/** What a process does with one file. */
export interface Job {
  readonly path: string;
  readonly prompt: string;
  readonly newTokens: number;
  /** Tokens of unseen text, window by window. */
  readonly windows: readonly (readonly number[])[];
}

/** What llama.cpp made of a file; or what it said when it refused it. */
export type Attempt =
  | {
      /** As llama.cpp's own tokenizer cut the prompt, by the vocabulary in the file. */
      readonly promptTokens: readonly number[];
      /** The prompt, and what the model says next (always the likeliest token). */
      readonly text: string;
      /** On text that the model has never seen, from the probabilities that llama.cpp gives each next token. */
      readonly perplexity: number;
      /** llama.cpp's own version. */
      readonly release: string;
    }
  | {readonly problem: string};

/** One file of the ladder. */
export type Rung = Attempt & {
  readonly format: 'F16' | 'Q8_0' | 'Q4_0' | 'Q4_K';
  readonly fileBytes: number;
  /** Of the matrices, scales included. */
  readonly bitsPerWeight: number;
  /** Blocks of the matrices whose bytes are not ggml's. */
  readonly otherBlocks: number;
};

/** The learner's three functions that make a file. */
export interface Writers {
  readonly quantizeQ8_0: QuantizeQ8_0;
  readonly quantizeQ4_0: QuantizeQ4_0;
  readonly writeGguf: WriteGguf;
}

const timeoutMs = 120_000;

/**
 * Writes the course's tiny language model with the learner's functions as F16, Q8_0 and Q4_0, and as the toolkit's Q4_K, opens each file in real llama.cpp, lets it continue a text
 * and measures its perplexity on 254 tokens of hidden text, by the probabilities that llama.cpp computes. One process for each file; norms stay F32.
 */
export async function inLlamaCpp({quantizeQ8_0, quantizeQ4_0, writeGguf}: Writers, prompt = 'Ada '): Promise<Rung[]> {
  const model = tinyLlama();
  const {shape, weights, tokenizer} = model;
  const metadata = [...llamaMetadata(model)].map(([key, value]): MetadataEntry => ({key, ...value}));
  const text = tokenizer.encode(courseText(4, 'hidden', 'lesson 21'));
  const windows = Array.from({length: 2}, (_, i) => Array.from(text.subarray(i * shape.contextLength, (i + 1) * shape.contextLength)));
  const formats = [
    {format: 'F16', type: 1, quantize: (values: Float32Array) => new Uint8Array(encodeFloats(values, float16).buffer)},
    {format: 'Q8_0', type: 8, quantize: quantizeQ8_0},
    {format: 'Q4_0', type: 2, quantize: quantizeQ4_0},
    {format: 'Q4_K', type: 12, quantize: (values: Float32Array) => inGgml(values, 'Q4_K')},
  ] as const;
  const folder = await mkdtemp(join(tmpdir(), 'snapgrid-gguf-'));
  try {
    const rungs: Rung[] = [];
    for (const {format, type, quantize} of formats) {
      let [matrixBytes, matrixValues, otherBlocks] = [0, 0, 0];
      const tensors = [...weights].map(([name, {shape, data}]): GgufTensor => {
        const values = Float32Array.from(data);
        if (shape.length === 1) return {name, shape, type: 0, bytes: new Uint8Array(values.buffer)};
        const bytes = quantize(values);
        matrixBytes += bytes.length;
        matrixValues += values.length;
        if (format !== 'F16') otherBlocks += differentBlocks(bytes, inGgml(values, format), ggmlType(format).blockBytes);
        return {name, shape, type, bytes};
      });
      const file = writeGguf(metadata, tensors);
      const path = join(folder, `tiny-llama-${format}.gguf`);
      await writeFile(path, file);
      const attempt = await inProcess({path, prompt, newTokens: 24, windows});
      rungs.push({format, fileBytes: file.length, bitsPerWeight: bitsPerValue(matrixBytes, matrixValues), otherBlocks, ...attempt});
    }
    return rungs;
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/** A matrix of the tiny language model in Q4_K, as llama.cpp writes it. */
export async function inQ4_K(name: string): Promise<Uint8Array> {
  const matrix = tinyLlama().weights.get(name);
  if (matrix?.shape.length !== 2)
    throw new RangeError(`Expected the name of one of the model's matrices, got ${name}; blk.0.ffn_up.weight is one`);
  return inGgml(Float32Array.from(matrix.data), 'Q4_K');
}

function differentBlocks(got: Uint8Array, right: Uint8Array, blockBytes: number): number {
  let count = 0;
  for (let at = 0; at < right.length; at += blockBytes)
    if (Buffer.compare(got.subarray(at, at + blockBytes), right.subarray(at, at + blockBytes)) !== 0) count++;
  return count;
}

/** Never throws: what goes wrong is said in the answer. */
function inProcess(job: Job): Promise<Attempt> {
  if (!existsSync(join(projectRoot, 'node_modules/node-llama-cpp')))
    return Promise.resolve({
      problem:
        'llama.cpp is not installed: the optional package node-llama-cpp is missing. Run `npm ci` in the project’s folder, with optional packages.',
    });
  return new Promise(resolve => {
    const script = join(projectRoot, 'dist/exercises/21-gguf-runs-in-llama-cpp/llama-process.js');
    const child = fork(script, {execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'], timeout: timeoutMs});
    child.once('message', (answer: Attempt) => resolve(answer));
    child.once('error', error => resolve({problem: `llama.cpp could not be started: ${error.message}`}));
    child.once('exit', (code, signal) =>
      resolve({
        problem:
          signal === 'SIGTERM'
            ? `llama.cpp had no answer within ${timeoutMs / 1000} seconds and was stopped; run the cell again`
            : `llama.cpp gave up on the file and ended its process (${signal ?? `code ${code}`}). Are the header and all offsets right?`,
      }),
    );
    child.send(job);
  });
}
