import {type Granularity, slicesOf} from '../affine/granularity.ts';
import type {QTensorParts} from '../affine/qtensor.ts';
import {unpack} from '../formats/packing.ts';
import {countElements} from '../formats/shape.ts';
import type {QType} from '../formats/qtype.ts';
import {bytesOf} from './bytes-of.ts';
import {readSafetensors, type SafetensorsFile, type SafetensorsTensorSource, writeSafetensors} from './safetensors.ts';
import {type ByteSource, memorySource} from './source.ts';

/** What of a QTensor is no array: a text of the file's metadata. */
export type QTensorLayout = Pick<QTensorParts, 'shape' | 'qtype' | 'granularity'>;

const keyPrefix = 'snapgrid.qtensor.';
/** Codes are padded with zeros to this, so that the numbers behind them lie where any reader can map them. */
const alignment = 8;

/**
 * The bytes of a safetensors file of quantized tensors, piece by piece. Tensor `w` becomes `w.scales` (F32), `w.zero_points` (I32, where there are
 * any) and `w` (U8, the packed codes), and a text of JSON in the metadata: its shape, type and granularity. `metadata` is stored beside them.
 * @throws RangeError where two of these have the same name
 */
export function* writeQTensors(
  tensors: ReadonlyMap<string, QTensorParts>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Generator<Uint8Array> {
  yield* writeSafetensors({
    metadata: new Map([...metadata, ...[...tensors].map(([name, parts]) => layoutEntry(name, parts))]),
    tensors: [...tensors].flatMap(([name, parts]) =>
      qtensorSources(name, parts, {
        scales: () => bytesOf(parts.scales),
        codes: () => parts.packed,
        ...(parts.zeroPoints && {zeroPoints: () => bytesOf(parts.zeroPoints!)}),
      }),
    ),
  });
}

/** All quantized tensors of a safetensors file, by name. @throws RangeError naming what is wrong with one; before room is made for what it claims */
export function readQTensors(source: ByteSource): ReadonlyMap<string, QTensorParts> {
  const file = readSafetensors(source);
  return new Map([...qtensorLayouts(file)].map(([name, layout]) => [name, readQTensor(file, name, layout)]));
}

/** A QTensor's parts as a file of their own. */
export function serializeQTensor(parts: QTensorParts): Uint8Array<ArrayBuffer> {
  const pieces = [...writeQTensors(new Map([['tensor', parts]]))];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** @throws RangeError where the bytes are not what `serializeQTensor` gives */
export function deserializeQTensor(bytes: Uint8Array): QTensorParts {
  const parts = readQTensors(memorySource(bytes)).get('tensor');
  if (!parts)
    throw new RangeError('Expected the bytes of one quantized tensor, got a safetensors file of others; read it with readQTensors');
  return parts;
}

/** Where the arrays of a quantized tensor come from, when their turn comes. */
export interface QTensorArrays {
  readonly scales: () => Uint8Array | Iterable<Uint8Array>;
  readonly zeroPoints?: () => Uint8Array | Iterable<Uint8Array>;
  readonly codes: () => Uint8Array | Iterable<Uint8Array>;
}

/** The tensors of a safetensors file that one quantized tensor is stored in. */
export function qtensorSources(name: string, layout: QTensorLayout, arrays: QTensorArrays): SafetensorsTensorSource[] {
  const {count} = slicesOf(layout.shape, layout.granularity);
  const length = codeBytes(layout);
  function* codes(): Generator<Uint8Array> {
    const bytes = arrays.codes();
    yield* bytes instanceof Uint8Array ? [bytes] : bytes;
    yield new Uint8Array(padded(length) - length);
  }
  return [
    {name: `${name}.scales`, dtype: 'F32', shape: [count], bytes: arrays.scales},
    ...(arrays.zeroPoints ? [{name: `${name}.zero_points`, dtype: 'I32', shape: [count], bytes: arrays.zeroPoints} as const] : []),
    {name, dtype: 'U8', shape: [padded(length)], bytes: codes},
  ];
}

/** The metadata that goes with them. */
export function layoutEntry(name: string, {shape, qtype, granularity}: QTensorLayout): [key: string, json: string] {
  const {name: typeName, bits, qmin, qmax, signed} = qtype;
  return [keyPrefix + name, JSON.stringify({shape, qtype: {name: typeName, bits, qmin, qmax, signed}, granularity})];
}

/** What a file's metadata says of its quantized tensors, held against the tensors that are there. @throws RangeError naming the first that is wrong */
export function qtensorLayouts(file: Pick<SafetensorsFile, 'metadata' | 'tensors'>): ReadonlyMap<string, QTensorLayout> {
  const entries = [...file.metadata].filter(([key]) => key.startsWith(keyPrefix));
  return new Map(
    entries.map(([key, json]) => {
      const name = key.slice(keyPrefix.length);
      const layout = layoutOf(name, json);
      expectArrays(file, name, layout);
      return [name, layout];
    }),
  );
}

/** One quantized tensor of a file. @throws RangeError where a scale is no number above 0 */
export function readQTensor(file: SafetensorsFile, name: string, layout: QTensorLayout): QTensorParts {
  const scales = file.floats(`${name}.scales`);
  const bad = scales.findIndex(scale => !(scale > 0 && scale < Infinity));
  if (bad >= 0) throw new RangeError(`Expected scales of tensor ${name} to be above 0, got ${scales[bad]} at ${bad}; the file is damaged`);
  const packed = file.bytes(name).slice(0, codeBytes(layout));
  const zeroPoints = file.tensors.has(`${name}.zero_points`) && new Int32Array(file.bytes(`${name}.zero_points`).buffer);
  return {...layout, packed, scales, ...(zeroPoints && {zeroPoints})};
}

/** Values of a quantized tensor from `from` to `to` − 1: scale · (code − zeroPoint) in float32. Only what they need is read of the file. */
export function qtensorFloats(
  file: SafetensorsFile,
  name: string,
  {shape, qtype, granularity}: QTensorLayout,
  from = 0,
  to = countElements(shape),
): Float32Array<ArrayBuffer> {
  const {bits, signed} = qtype;
  if (from < 0 || to < from || to > countElements(shape))
    throw new RangeError(`Expected values within the ${countElements(shape)} of tensor ${name}, got ${from} to ${to}`);
  const {count, run} = slicesOf(shape, granularity);
  // Eight codes begin with a byte, whatever their width.
  const start = from - (from % 8);
  const bytes = file.bytes(name, (start * bits) / 8, Math.ceil((to * bits) / 8));
  const codes = unpack(bytes, {bits, signed, length: to - start}).subarray(from - start);
  // Runs of values that share a scale: [first, last), of which a file of many is read in part.
  const [first, last] = [Math.floor(from / run), Math.ceil(to / run)];
  const [firstSlice, lastSlice] = last <= count ? [first, last] : [0, count];
  const scales = file.floats(`${name}.scales`, firstSlice, lastSlice);
  const zeroPoints = file.tensors.has(`${name}.zero_points`) ? file.floats(`${name}.zero_points`, firstSlice, lastSlice) : undefined;
  const values = new Float32Array(to - from);
  for (let r = first; r < last; r++) {
    const slice = (r % count) - firstSlice;
    const scale = scales[slice]!;
    const zeroPoint = zeroPoints?.[slice] ?? 0;
    for (let i = Math.max(r * run, from); i < Math.min((r + 1) * run, to); i++) values[i - from] = scale * (codes[i - from]! - zeroPoint);
  }
  return values;
}

/** Stored bytes of a quantized tensor: codes, scales and zero points. */
export function storedBytes(file: Pick<SafetensorsFile, 'tensors'>, name: string): number {
  return partNames(name).reduce((sum, part) => sum + (file.tensors.get(part)?.byteLength ?? 0), 0);
}

/** The tensors of a file that tensor `name` is stored in, those that there may be with them. */
export function partNames(name: string): readonly string[] {
  return [name, `${name}.scales`, `${name}.zero_points`];
}

function expectArrays({tensors}: Pick<SafetensorsFile, 'tensors'>, name: string, layout: QTensorLayout): void {
  const {count} = slicesOf(layout.shape, layout.granularity);
  const [scales, zeroPoints, codes] = [tensors.get(`${name}.scales`), tensors.get(`${name}.zero_points`), tensors.get(name)];
  const isRight = (tensor: typeof codes, dtype: string, length: number): boolean =>
    tensor?.dtype === dtype && tensor.shape.length === 1 && tensor.shape[0] === length;
  const bytes = padded(codeBytes(layout));
  if (!isRight(codes, 'U8', bytes) || !isRight(scales, 'F32', count) || (zeroPoints && !isRight(zeroPoints, 'I32', count)))
    throw new RangeError(
      `Expected quantized tensor ${name} of shape [${layout.shape.join(', ')}] to have ${bytes} bytes of codes in U8, and ${count} scales in ${name}.scales; the file is damaged`,
    );
}

function layoutOf(name: string, json: string): QTensorLayout {
  const {shape, qtype, granularity} = parse(name, json) as {shape?: unknown; qtype?: unknown; granularity?: unknown};
  const wrong = (what: string): RangeError =>
    new RangeError(`Expected the metadata of quantized tensor ${name} to have ${what}; the file is damaged`);
  if (!Array.isArray(shape) || !shape.every(isSize) || !isSize(countElements(shape))) throw wrong('a shape of whole numbers');
  if (!isQType(qtype)) throw wrong('a type of 2 to 16 bits with its first and last code');
  if (!isGranularity(granularity)) throw wrong('a granularity per tensor, axis or group');
  return {shape, qtype, granularity};
}

function parse(name: string, json: string): object {
  try {
    return Object(JSON.parse(json)) as object;
  } catch (cause) {
    throw new RangeError(`Expected the metadata of quantized tensor ${name} to be JSON, got: ${(cause as Error).message}`, {cause});
  }
}

function isQType(value: unknown): value is QType {
  const {name, bits, qmin, qmax, signed} = Object(value) as Record<keyof QType, unknown>;
  if (
    typeof name !== 'string' ||
    typeof signed !== 'boolean' ||
    typeof bits !== 'number' ||
    typeof qmin !== 'number' ||
    typeof qmax !== 'number'
  )
    return false;
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const codes = [bits, qmin, qmax];
  return codes.every(Number.isInteger) && bits >= 2 && bits <= 16 && qmin >= least && qmin < qmax && qmax < least + 2 ** bits;
}

function isGranularity(value: unknown): value is Granularity {
  const {per, axis, size} = Object(value) as Record<string, unknown>;
  return per === 'tensor' || (per === 'axis' && Number.isSafeInteger(axis)) || (per === 'group' && isSize(size) && size > 0);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function codeBytes({shape, qtype}: QTensorLayout): number {
  return Math.ceil((countElements(shape) * qtype.bits) / 8);
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
