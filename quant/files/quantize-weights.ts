import {perAxis, perGroup} from '../affine/granularity.ts';
import {type Quantization, quantize} from '../affine/quantize.ts';
import type {QTensor} from '../affine/qtensor.ts';
import {float16} from '../formats/float-format.ts';
import {signed} from '../formats/qtype.ts';
import {countElements} from '../formats/shape.ts';
import {awq} from '../methods/activation-scales.ts';
import {gptq, HessianObserver} from '../methods/gptq.ts';
import {blockWiseSources} from './bitsandbytes.ts';
import {bytesOf} from './bytes-of.ts';
import {ggufMetadata} from './convert.ts';
import {ggmlOfCodes, ggmlTypeOfCodes} from './ggml/from-codes.ts';
import {ggmlType, quantizeGgml} from './ggml/index.ts';
import {writeGguf} from './gguf/write.ts';
import {inTensor} from './in-tensor.ts';
import {layoutEntry, qtensorSources} from './qtensors.ts';
import {type SafetensorsTensorSource, writeSafetensors} from './safetensors.ts';
import {inputScalesOf, typeOf} from './safetensors-weights.ts';
import type {WeightFile, WeightTensor} from './weights.ts';

/** Round to nearest; GPTQ and AWQ on calibration data; bitsandbytes' NF4. */
export const weightMethods = ['rtn', 'gptq', 'awq', 'nf4'] as const;
/** How a weight's codes are chosen. */
export type WeightMethod = (typeof weightMethods)[number];

/** What is asked for of a whole file. */
export interface WeightQuantization {
  readonly method: WeightMethod;
  /** 2 to 8; 4, 5 or 8 for GGUF; 4 for NF4. */
  readonly bits: number;
  /** How many neighbours along a row share a scale; of rows that it does not divide, the largest part of it that does, or all. */
  readonly groupSize: number;
  readonly format: 'GGUF' | 'safetensors';
}

/** What goes into layers on calibration data. */
export interface WeightCalibration {
  /** How many rows there are for a weight [outputs, inputs]; 0 where it has none. */
  samples(tensor: Pick<WeightTensor, 'name' | 'shape'>): number;
  /** The activations [rows, inputs] of a weight, in pieces of whole rows. */
  rows(tensor: Pick<WeightTensor, 'name' | 'shape'>): Iterable<Float32Array>;
}

/** What becomes of a tensor. */
export interface TensorPlan {
  readonly name: string;
  readonly shape: readonly number[];
  /** `kept` as it is: vectors, and rows that no group fits. */
  readonly method: WeightMethod | 'kept';
  readonly groupSize?: number;
  /** Rows of calibration data. */
  readonly samples: number;
  /** As the file calls it. */
  readonly type: string;
}

/** About how many values are in memory at a time. */
const pieceLength = 2 ** 22;
/** Eight groups of codes end with a byte, whatever their bits. */
const groupsPerByte = 8;
/** Smaller groups would take about as many bits for scales as for codes: all of a row then shares one, and shorter rows are kept. */
const leastGroup = 16;
const awqSamples = 128;
const nf4BlockSize = 64;
const ggmlBlockSize = 32;

/** Which tensor is quantized how. @throws RangeError where the format cannot hold what the method gives */
export function planWeights(weights: WeightFile, quantization: WeightQuantization, calibration?: WeightCalibration): TensorPlan[] {
  const {method, bits, format} = quantization;
  if (format === 'GGUF') {
    if (method === 'awq' || method === 'nf4')
      throw new RangeError(
        `Expected method rtn or gptq for GGUF, which has ${method === 'awq' ? 'no place for the factors of the inputs' : 'no NF4'}, got ${method}; write to .safetensors`,
      );
    ggmlTypeOfCodes(bits);
  }
  if (method === 'nf4' && bits !== 4) throw new RangeError(`Expected 4 bits for nf4, got ${bits}`);
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) throw new RangeError(`Expected 2 to 8 bits, got ${bits}`);
  return [...weights.tensors.values()].map(tensor => planTensor(tensor, quantization, calibration));
}

function planTensor(
  tensor: WeightTensor,
  {method, bits, groupSize: wanted, format}: WeightQuantization,
  calibration?: WeightCalibration,
): TensorPlan {
  const {name, shape, type, plain} = tensor;
  const row = shape.at(-1) ?? 1;
  const divisor = greatestCommonDivisor(row, wanted);
  const groupSize = row <= wanted || divisor < leastGroup ? row : divisor;
  const kept = {name, shape, method: 'kept', samples: 0, type: format === 'GGUF' || !plain ? 'F32' : type} as const;
  if (shape.length < 2 || row < leastGroup || (plain && !isFloat(plain.dtype))) return kept;
  if (method === 'nf4') return {...kept, method, groupSize: nf4BlockSize, type: `nf4 blocks of ${nf4BlockSize}`};
  if (format === 'GGUF' && groupSize % ggmlBlockSize !== 0) return kept;
  const samples = method === 'rtn' || shape.length !== 2 ? 0 : (calibration?.samples(tensor) ?? 0);
  const stored =
    format === 'GGUF' ? ggmlTypeOfCodes(bits).name : typeOf({shape, qtype: signed(bits), granularity: granularityOf(shape, groupSize)});
  return {
    ...kept,
    method: samples > 0 ? method : 'rtn',
    groupSize,
    samples,
    type: method === 'awq' && samples > 0 ? `${stored} AWQ` : stored,
  };
}

/**
 * The bytes of a file with the weights quantized by plan, piece by piece, in little memory: rounded to nearest a few rows at a time; by GPTQ or AWQ one
 * tensor at a time. `progress` is told how many values are done.
 * @throws RangeError naming the tensor that cannot be quantized
 */
export function* quantizeWeights(
  weights: WeightFile,
  plan: readonly TensorPlan[],
  {
    quantization,
    calibration,
    progress = () => {},
  }: {readonly quantization: WeightQuantization; readonly calibration?: WeightCalibration; readonly progress?: (values: number) => void},
): Generator<Uint8Array> {
  const {bits, format, method} = quantization;
  let done = 0;
  const work: Work = {weights, calibration, choice: choiceOf(quantization), advance: count => progress((done += count))};
  const note = `${method}, ${bits} bits, groups of ${quantization.groupSize}`;
  if (format === 'GGUF') {
    const metadata = new Map([...ggufMetadata(weights), ['snapgrid.quantization', {type: 'string', value: note}] as const]);
    const tensors = plan.map(tensor => ({
      name: tensor.name,
      shape: tensor.shape,
      type: ggmlType(tensor.type),
      bytes: () => ggufBytes(work, tensor),
    }));
    yield* writeGguf({metadata, tensors});
    return;
  }
  const layouts = plan
    .filter(({method}) => method !== 'kept' && method !== 'nf4')
    .map(tensor => layoutEntry(tensor.name, layoutOf(work, tensor)));
  const metadata = new Map([...weights.metadata, ['snapgrid.quantization', note], ...layouts]);
  yield* writeSafetensors({metadata, tensors: plan.flatMap(tensor => safetensorsSources(work, tensor))});
}

interface Work {
  readonly weights: WeightFile;
  readonly calibration: WeightCalibration | undefined;
  readonly choice: Pick<Quantization, 'qtype' | 'scheme' | 'scaleFormat'>;
  readonly advance: (values: number) => void;
}

/** Around 0, as GPTQ's and ggml's files have it; 8 bits without −128. */
function choiceOf({bits, format}: WeightQuantization): Work['choice'] {
  return {qtype: signed(bits), scheme: bits === 8 ? 'symmetric' : 'symmetricFull', ...(format === 'GGUF' && {scaleFormat: float16})};
}

function layoutOf({choice}: Work, {shape, groupSize}: TensorPlan): Pick<QTensor, 'shape' | 'qtype' | 'granularity'> {
  return {shape, qtype: choice.qtype, granularity: granularityOf(shape, groupSize!)};
}

function granularityOf(shape: readonly number[], groupSize: number): QTensor['granularity'] {
  return shape.length === 2 && groupSize === shape[1] ? perAxis(0) : perGroup(groupSize);
}

function* ggufBytes(work: Work, plan: TensorPlan): Generator<Uint8Array> {
  if (plan.method === 'kept') {
    for (const {from, to} of piecesOf(plan)) {
      yield quantizeGgml(work.weights.floats(plan.name, from, to), to - from, ggmlType('F32'));
      work.advance(to - from);
    }
    return;
  }
  for (const quantized of plan.method === 'rtn' ? roundedPieces(work, plan) : [calibrated(work, plan).quantized]) {
    yield ggmlOfCodes(quantized);
    work.advance(quantized.size);
  }
}

function safetensorsSources(work: Work, plan: TensorPlan): SafetensorsTensorSource[] {
  const {name, shape, method} = plan;
  if (method === 'kept') return [keptSource(work, plan)];
  if (method === 'nf4') {
    const size = countElements(shape);
    const floats = (from: number, to: number): Float32Array => {
      // Each value is read twice, for absMax and for codes.
      work.advance((to - from) / 2);
      return work.weights.floats(name, from, to);
    };
    return blockWiseSources(name, {codebook: 'nf4', shape, blockSize: nf4BlockSize}, floats, Math.min(pieceLength, size));
  }
  if (method === 'rtn') {
    function* parts(part: 'scales' | 'packed'): Generator<Uint8Array> {
      for (const quantized of roundedPieces(work, plan)) {
        yield bytesOf(quantized[part]);
        work.advance(quantized.size / 2);
      }
    }
    return qtensorSources(name, layoutOf(work, plan), {scales: () => parts('scales'), codes: () => parts('packed')});
  }
  // Computed when its first part is written, and let go of with its last.
  let result: Calibrated | undefined;
  const sources = qtensorSources(name, layoutOf(work, plan), {
    scales: () => bytesOf((result ??= calibrated(work, plan)).quantized.scales),
    codes: () => {
      const {packed, size} = result!.quantized;
      result = undefined;
      work.advance(size);
      return packed;
    },
  });
  if (method !== 'awq') return sources;
  const inputScales = {
    name: inputScalesOf(name),
    dtype: 'F32',
    shape: [shape[1]!],
    bytes: () => bytesOf((result ??= calibrated(work, plan)).inputScales!),
  } as const;
  return [inputScales, ...sources];
}

function keptSource({weights, advance}: Work, plan: TensorPlan): SafetensorsTensorSource {
  const {name, shape} = plan;
  const {plain} = weights.tensors.get(name)!;
  const {byteLength} = weights.tensors.get(name)!;
  function* bytes(): Generator<Uint8Array> {
    const each = plain ? byteLength / Math.max(countElements(shape), 1) : 0;
    for (const {from, to} of piecesOf(plan)) {
      yield plain ? plain.bytes(from * each, to * each) : bytesOf(weights.floats(name, from, to));
      advance(to - from);
    }
  }
  return {name, dtype: plain?.dtype ?? 'F32', shape, bytes};
}

/** A tensor rounded to nearest, some groups at a time: each is a row of its own. */
function* roundedPieces({weights, choice}: Work, plan: TensorPlan): Generator<QTensor> {
  const {name, groupSize} = plan;
  for (const {from, to} of piecesOf(plan))
    yield inTensor(name, () =>
      quantize(weights.floats(name, from, to), [(to - from) / groupSize!, groupSize!], {...choice, granularity: perAxis(0)}),
    );
}

interface Calibrated {
  readonly quantized: QTensor;
  readonly inputScales?: Float32Array;
}

function calibrated({weights, calibration, choice}: Work, {name, shape, method, groupSize}: TensorPlan): Calibrated {
  return inTensor(name, () => {
    const [outputs, inputs] = shape as [number, number];
    const layer = {outputs, inputs, data: weights.floats(name)};
    const rows = calibration!.rows({name, shape});
    if (method === 'awq') {
      const {quantized, scales} = awq(firstRows(rows, inputs), layer, {...choice, granularity: granularityOf(shape, groupSize!)});
      return {quantized, inputScales: scales};
    }
    const observer = new HessianObserver(inputs);
    for (const piece of rows) observer.observe(piece);
    return {quantized: gptq(layer, observer.hessian(), {...choice, groupSize: groupSize!}).quantized};
  });
}

/** As many rows as AWQ's search is fast with. */
function firstRows(rows: Iterable<Float32Array>, inputs: number): Float32Array {
  const first = new Float32Array(awqSamples * inputs);
  let length = 0;
  for (const piece of rows) {
    const part = piece.subarray(0, first.length - length);
    first.set(part, length);
    length += part.length;
    if (length === first.length) break;
  }
  return first.subarray(0, length);
}

/** Whole groups, as many as fill whole bytes with their codes: about `pieceLength` values at a time. */
function* piecesOf({shape, groupSize = 1}: TensorPlan): Generator<{readonly from: number; readonly to: number}> {
  const size = countElements(shape);
  const unit = groupSize * groupsPerByte;
  const step = Math.max(1, Math.floor(pieceLength / unit)) * unit;
  for (let from = 0; from < size; from += step) yield {from, to: Math.min(from + step, size)};
}

function isFloat(dtype: string): boolean {
  return /^B?F\d/.test(dtype);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
