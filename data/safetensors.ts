import type {TensorData} from '../session/wire/plain.ts';

/** What a tensor's bytes may be; everything else in a file is refused by name. */
const kinds = {
  F32: {bytes: 4, dtype: 'float32', array: Float32Array},
  I32: {bytes: 4, dtype: 'int32', array: Int32Array},
  BOOL: {bytes: 1, dtype: 'bool', array: Uint8Array},
} as const;
const names = {float32: 'F32', int32: 'I32', bool: 'BOOL'} as const;
const maxHeaderBytes = 100_000_000;

/**
 * Reads a safetensors file: 8 bytes of header length, a JSON header, then the tensors' bytes, little-endian.
 * Nothing is allocated before its size was held against the file's. Format: https://huggingface.co/docs/safetensors
 * @throws Error naming the tensor and what was expected of it
 */
export function readSafetensors(file: Uint8Array): Map<string, TensorData> {
  if (file.byteLength < 8) throw new Error(`Expected a safetensors file, which has at least 8 bytes, got ${file.byteLength}`);
  const headerBytes = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(maxHeaderBytes, file.byteLength - 8))) {
    throw new Error(
      `Expected a header that fits the file's ${file.byteLength} bytes, got one of ${headerBytes}; the file is cut off or is no safetensors file`,
    );
  }
  const body = 8 + Number(headerBytes);
  const header: unknown = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(file.subarray(8, body)));
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new Error('Expected the header to be an object that names tensors');
  const tensors = new Map<string, TensorData>();
  let end = 0;
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => ({name, ...expectEntry(name, entry)}));
  for (const {name, kind, shape, from, to} of entries.sort((a, b) => a.from - b.from)) {
    // The format has neither gaps nor overlaps: two tensors in the same bytes would be a trap.
    if (from !== end || to > file.byteLength - body)
      throw new Error(`Expected tensor ${name} to begin at byte ${end} and to end within the file, got ${from} to ${to}`);
    end = to;
    const {bytes, dtype, array} = kinds[kind];
    const elements = shape.reduce((product, n) => product * n, 1);
    if (elements * bytes !== to - from)
      throw new Error(`Expected tensor ${name} of shape [${shape.join(', ')}] to have ${elements * bytes} bytes, got ${to - from}`);
    // A copy by `new Uint8Array`: the slice of a Buffer is a view of all of it.
    tensors.set(name, {dtype, shape, data: new array(new Uint8Array(file.subarray(body + from, body + to)).buffer)});
  }
  if (body + end !== file.byteLength)
    throw new Error(`Expected the file to end after its tensors, at byte ${body + end}, got ${file.byteLength} bytes`);
  return tensors;
}

/** Writes a safetensors file; the same tensors give the same bytes. */
export function writeSafetensors(tensors: ReadonlyMap<string, TensorData>): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const [name, {dtype, shape, data}] of tensors)
    header[name] = {dtype: names[dtype], shape, data_offsets: [end, (end += data.byteLength)]};
  const text = JSON.stringify(header);
  // Padded with spaces, so that the tensors begin on a multiple of eight bytes.
  const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const file = new Uint8Array(8 + json.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  let at = 8 + json.length;
  for (const {data} of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

interface Entry {
  readonly kind: keyof typeof kinds;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function expectEntry(name: string, entry: unknown): Entry {
  const {dtype, shape, data_offsets: offsets} = (entry ?? {}) as {dtype?: unknown; shape?: unknown; data_offsets?: unknown};
  if (typeof dtype !== 'string' || !Object.hasOwn(kinds, dtype))
    throw new Error(`Expected tensor ${name} to be ${Object.keys(kinds).join(', ')}, got ${String(dtype)}`);
  if (!isSizes(shape) || shape.length > 8) throw new Error(`Expected tensor ${name} to have a shape of at most eight whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw new Error(`Expected tensor ${name} to have data_offsets [from, to]`);
  return {kind: dtype as Entry['kind'], shape, from: offsets[0]!, to: offsets[1]!};
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0);
}
