import {readFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {Draw} from '../../data/draw.ts';
import {type OnnxNodeContents, type OnnxTensorContents, writeOnnx} from '../../quant/files/onnx/write.ts';
import {drawLayer, type ReferenceLayer} from './inputs.ts';
import type {LayerNames, OnnxNode} from './interface.ts';

/** One layer at one batch size, measured. */
export interface Speed {
  /** Inputs and outputs of the layer. */
  readonly size: number;
  readonly batch: number;
  /** The time of one run, the median of many, in milliseconds. */
  readonly float32Ms: number;
  readonly int8Ms: number;
  /** How many times faster int8 is; below 1 it is slower. */
  readonly faster: number;
}

export interface Measured {
  readonly speed: readonly Speed[];
  /** Of the two ONNX files of the large layer, in bytes. */
  readonly float32Bytes: number;
  readonly int8Bytes: number;
  /** ‖y_int8 − y_float‖ / ‖y_float‖, both computed by ONNX Runtime. */
  readonly relativeError: number;
  /** The processor, and which of its instructions matter for int8. */
  readonly processor: string;
}

const sizes = [64, 1024];
const batches = [1, 64];
const names: Required<LayerNames> = {x: 'x', codes: 'codes', scales: 'scales', bias: 'bias', y: 'y'};

/** Writes a small and a large layer as ONNX files, each as float32 and as the learner's int8 graph, and runs them in ONNX Runtime on one thread. */
export async function onOnnxRuntime(onnxNodes: (names: LayerNames) => readonly OnnxNode[]): Promise<Measured> {
  const {InferenceSession, Tensor} = await import('onnxruntime-node');
  const nodes = onnxNodes(names);
  const speed: Speed[] = [];
  let last: Omit<Measured, 'speed' | 'processor'> | undefined;
  for (const size of sizes) {
    const layer = drawLayer(new Draw('13/onnx-runtime'), size, size);
    const files = [floatFile(layer), int8File(layer, nodes)] as const;
    const sessions = await Promise.all(
      files.map(file => InferenceSession.create(file, {intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3})),
    );
    const draw = new Draw('13/activations');
    for (const batch of batches) {
      const x = new Tensor('float32', draw.tensor([batch, size]).data as Float32Array, [batch, size]);
      const runs = sessions.map(session => async () => (await session.run({x}))['y']!.data as Float32Array);
      const [exact, approximate] = await Promise.all(runs.map(run => run()));
      last = {float32Bytes: files[0].length, int8Bytes: files[1].length, relativeError: distance(exact!, approximate!)};
      const [float32Ms, int8Ms] = (await timesInTurns(runs)).map(median) as [number, number];
      speed.push({size, batch, float32Ms, int8Ms, faster: float32Ms / int8Ms});
    }
    await Promise.all(sessions.map(session => session.release()));
  }
  return {...last!, speed, processor: processor()};
}

/** In turns, so that whatever else the machine does meets all of them. */
async function timesInTurns(runs: readonly (() => Promise<unknown>)[]): Promise<number[][]> {
  const times = runs.map(() => [] as number[]);
  const until = performance.now() + 400;
  while (performance.now() < until)
    for (const [i, run] of runs.entries()) {
      const started = performance.now();
      await run();
      times[i]!.push(performance.now() - started);
    }
  return times;
}

function floatFile({weights, bias}: ReferenceLayer): Uint8Array {
  const nodes = [
    {op: 'MatMul', inputs: ['x', 'weights'], outputs: ['products']},
    {op: 'Add', inputs: ['products', 'bias'], outputs: ['y']},
  ];
  return file(nodes, [float('weights', weights.shape, weights.data), float('bias', bias.shape, bias.data)]);
}

function int8File({codes, scales, bias}: ReferenceLayer, nodes: readonly OnnxNode[]): Uint8Array {
  return file(nodes, [
    {name: names.codes, dtype: 'INT8', shape: codes.shape, bytes: new Uint8Array(Int8Array.from(codes.data).buffer)},
    float(names.scales, scales.shape, scales.data),
    float(names.bias, bias.shape, bias.data),
  ]);
}

function float(name: string, shape: readonly number[], data: ArrayLike<number>): OnnxTensorContents {
  return {name, dtype: 'FLOAT', shape, bytes: new Uint8Array(Float32Array.from(data).buffer)};
}

function file(nodes: readonly OnnxNodeContents[], initializers: readonly OnnxTensorContents[]): Uint8Array {
  const value = (name: string) => ({name, dtype: 'FLOAT', shape: ['batch', 'features']});
  return Buffer.concat([...writeOnnx({graphName: 'layer', inputs: [value('x')], outputs: [value('y')], nodes, initializers})]);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function distance(exact: Float32Array, approximate: Float32Array): number {
  let [squares, all] = [0, 0];
  exact.forEach((value, i) => {
    squares += (approximate[i]! - value) ** 2;
    all += value ** 2;
  });
  return Math.sqrt(squares / all);
}

function processor(): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  let flags: string[] = [];
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    flags = (line?.[1] ?? '').trim().split(/\s+/);
  } catch {
    // Only Linux says which instructions there are.
  }
  const known = ['avx2', 'avx512_vnni', 'avx_vnni', 'amx_int8', 'asimddp', 'i8mm'].filter(flag => flags.includes(flag));
  return `${model}${known.length > 0 ? ` with ${known.join(', ')}` : ''}`;
}
