import {type Dtype, isTensorData, isTypedArray, type Plain, type TensorData, type TypedArray} from './plain.ts';

/**
 * Plain data as JSON with binary buffers beside it. What JSON says itself (strings, booleans, null, finite numbers, lists) stands as it is;
 * everything else is an object whose `$` names its kind, so that no key a learner chooses can be taken for one of ours.
 */
export type Encoded =
  | null
  | boolean
  | number
  | string
  | readonly Encoded[]
  | {readonly $: 'undefined'}
  | {readonly $: 'number'; readonly v: 'NaN' | 'Infinity' | '-Infinity' | '-0'}
  | {readonly $: 'record'; readonly v: readonly (readonly [string, Encoded])[]}
  | {readonly $: 'numbers'; readonly b: number}
  | {readonly $: 'array'; readonly kind: string; readonly b: number}
  | {readonly $: 'tensor'; readonly dtype: Dtype; readonly shape: readonly number[]; readonly b: number};

export interface ValueLimits {
  readonly depth: number;
  /** Strings, numbers, lists and records together. */
  readonly nodes: number;
}

export const defaultValueLimits: ValueLimits = {depth: 32, nodes: 200_000};

/** The value cannot cross the pipe, or what came across is none of ours. */
export class ValueError extends Error {
  override name = 'ValueError';
}

type ArrayKind = {new (buffer: ArrayBuffer): TypedArray; readonly BYTES_PER_ELEMENT: number};
const arrayKinds: Record<string, ArrayKind> = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
};
const tensorKinds: Record<Dtype, ArrayKind> = {float32: Float32Array, int32: Int32Array, bool: Uint8Array};
/** What a shape's sizes may come to where those that are zero are left out. */
const mostPlaces = 2 ** 28;
/** From this length on a list of numbers travels as a buffer. */
const packedLength = 32;

/** Encodes plain data; the buffers it refers to are appended to `buffers`. @throws ValueError naming the path of what cannot travel. */
export function encodeValue(value: Plain, buffers: Uint8Array[], limits: ValueLimits = defaultValueLimits): Encoded {
  let nodes = 0;
  const add = (array: TypedArray): number => buffers.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) - 1;
  const encode = (value: unknown, path: string, depth: number): Encoded => {
    if (++nodes > limits.nodes)
      throw new ValueError(`Expected at most ${limits.nodes} values, got more; return a tensor or a typed array instead of nested lists`);
    if (depth > limits.depth) throw new ValueError(`Expected at most ${limits.depth} levels of nesting, got more at ${path}`);
    if (value === undefined) return {$: 'undefined'};
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return encodeNumber(value);
    if (isTypedArray(value)) return {$: 'array', kind: arrayKind(value), b: add(value)};
    if (isTensorData(value) && places(value.shape) > mostPlaces)
      throw new ValueError(`Expected tensors of at most ${mostPlaces} places, got shape [${value.shape.join(', ')}] at ${path}`);
    if (isTensorData(value)) return {$: 'tensor', dtype: value.dtype, shape: [...value.shape], b: add(value.data)};
    if (Array.isArray(value)) {
      if (value.length >= packedLength && value.every(v => typeof v === 'number')) return {$: 'numbers', b: add(Float64Array.from(value))};
      return Array.from(value, (v, i) => encode(v, `${path}[${i}]`, depth + 1));
    }
    if (typeof value === 'object')
      return {$: 'record', v: Object.entries(value).map(([key, v]) => [key, encode(v, `${path}.${key}`, depth + 1)])};
    throw new ValueError(`Expected numbers, strings, booleans, tensors, lists and records, got a ${typeof value} at ${path}`);
  };
  return encode(value, 'the value', 0);
}

/** Decodes what `encodeValue` made; believes nothing. Records have no prototype. @throws ValueError */
export function decodeValue(encoded: unknown, buffers: readonly Uint8Array[], limits: ValueLimits = defaultValueLimits): Plain {
  let nodes = 0;
  const used = new Set<unknown>();
  const buffer = (index: unknown, bytesPerElement: number): Uint8Array => {
    const found = Number.isSafeInteger(index) ? buffers[index as number] : undefined;
    if (!found || found.byteLength % bytesPerElement) throw new ValueError('Expected a buffer of whole elements');
    // Each value gets a copy: a thousand that refer to one buffer would take a thousand times what was sent.
    if (used.has(index)) throw new ValueError('Expected a buffer for each value');
    used.add(index);
    return found;
  };
  const decode = (e: unknown, depth: number): Plain => {
    if (++nodes > limits.nodes || depth > limits.depth) throw new ValueError('Expected a smaller value');
    if (e === null || typeof e === 'boolean' || typeof e === 'string' || typeof e === 'number') return e;
    if (Array.isArray(e)) return e.map(v => decode(v, depth + 1));
    if (typeof e !== 'object') throw new ValueError('Expected an encoded value');
    const {$: kind, v, b} = e as {$?: unknown; v?: unknown; b?: unknown};
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'number':
        return decodeNumber(v);
      case 'numbers':
        return Array.from(view(Float64Array, buffer(b, 8)));
      case 'array': {
        const name = (e as {kind?: unknown}).kind;
        const constructor = typeof name === 'string' && Object.hasOwn(arrayKinds, name) ? arrayKinds[name] : undefined;
        if (!constructor) throw new ValueError('Expected a kind of typed array');
        return view(constructor, buffer(b, constructor.BYTES_PER_ELEMENT));
      }
      case 'tensor':
        return decodeTensor(e as {dtype?: unknown; shape?: unknown}, bytes => buffer(b, bytes));
      case 'record': {
        if (!Array.isArray(v)) throw new ValueError('Expected the entries of a record');
        const record: Record<string, Plain> = Object.create(null);
        for (const entry of v) {
          if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string')
            throw new ValueError('Expected an entry of a record');
          record[entry[0]] = decode(entry[1], depth + 1);
        }
        // As a tensor travels, its shape and dtype are held against its data; a record that passes for one would go round that.
        if (isTensorData(record)) throw new ValueError('Expected a tensor to be sent as one');
        return record;
      }
      default:
        throw new ValueError('Expected a known kind of value');
    }
  };
  return decode(encoded, 0);
}

function decodeTensor({dtype, shape}: {dtype?: unknown; shape?: unknown}, buffer: (bytes: number) => Uint8Array): TensorData {
  if (typeof dtype !== 'string' || !Object.hasOwn(tensorKinds, dtype)) throw new ValueError('Expected a tensor of float32, int32 or bool');
  if (!Array.isArray(shape) || shape.length > 8 || !shape.every(n => Number.isSafeInteger(n) && n >= 0))
    throw new ValueError('Expected a shape');
  // Without an element a shape may claim 2^53 rows, and whoever goes through them never comes to an end.
  if (places(shape) > mostPlaces) throw new ValueError('Expected a smaller shape');
  const constructor = tensorKinds[dtype as Dtype];
  const data = view(constructor, buffer(constructor.BYTES_PER_ELEMENT)) as TensorData['data'];
  if (shape.reduce((product, n) => product * n, 1) !== data.length) throw new ValueError('Expected as many elements as the shape says');
  return {dtype: dtype as Dtype, shape, data};
}

const places = (shape: readonly number[]): number => shape.reduce((product, n) => product * (n || 1), 1);

/** A copy, because a frame's buffers are not aligned. */
function view(constructor: new (buffer: ArrayBuffer) => TypedArray, bytes: Uint8Array): TypedArray {
  return new constructor(new Uint8Array(bytes).buffer);
}

function arrayKind(array: TypedArray): string {
  const kind = Object.entries(arrayKinds).find(([, constructor]) => array instanceof constructor)?.[0];
  if (!kind) throw new ValueError(`Expected one of ${Object.keys(arrayKinds).join(', ')}, got ${array.constructor.name}`);
  return kind;
}

function encodeNumber(value: number): Encoded {
  if (Number.isNaN(value)) return {$: 'number', v: 'NaN'};
  if (value === Infinity) return {$: 'number', v: 'Infinity'};
  if (value === -Infinity) return {$: 'number', v: '-Infinity'};
  return Object.is(value, -0) ? {$: 'number', v: '-0'} : value;
}

function decodeNumber(text: unknown): number {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity' || text === '-0') return Number(text);
  throw new ValueError('Expected NaN, Infinity, -Infinity or -0');
}
