import {tf} from './core.ts';
import {type Dtype, isTensorData, isTypedArray, type Plain, type TensorData, type TypedArray} from '../session/wire/plain.ts';

/** Every TensorData inside becomes a tensor on the loaded backend; the rest stays as it is. */
export function toTensors(plain: Plain): unknown {
  // A copy: the JavaScript backend computes on the very array that it is given.
  if (isTensorData(plain)) return tf.tensor(plain.data.slice(), [...plain.shape], plain.dtype);
  if (Array.isArray(plain)) return plain.map(toTensors);
  if (typeof plain !== 'object' || plain === null || isTypedArray(plain)) return plain;
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, toTensors(value)]));
}

const maxDepth = 32;

/**
 * What may leave a session: tensors become TensorData, typed arrays, lists and records are kept, a class instance becomes its own enumerable
 * fields; each getter is read once. Tensors are not disposed.
 * @throws Error naming the place of what cannot be plain: a function, a disposed tensor, a promise, a cycle, more than 32 levels.
 */
export function toPlain(value: unknown): Promise<Plain> {
  return convert(value, 'the value', []);
}

async function convert(value: unknown, path: string, outer: readonly object[]): Promise<Plain> {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (typeof value !== 'object') throw refuse(`a ${typeof value}`, path, 'call it, or convert it, first');
  if (value instanceof tf.Tensor) return tensorData(value, path);
  if (ArrayBuffer.isView(value)) return typedArray(value, path);
  if (outer.includes(value)) throw refuse('a value that contains itself', path, 'return only the parts that are asked for');
  if (outer.length >= maxDepth)
    throw new Error(`Expected at most ${maxDepth} levels of nesting, got more at ${shorten(path)}; return the parts that are asked for.`);
  if (typeof (value as {then?: unknown}).then === 'function') throw refuse('a promise', path, 'await it before returning');
  if (value instanceof Map || value instanceof Set)
    throw refuse(`a ${value.constructor.name}`, path, 'spread it into a list, or use Object.fromEntries');
  const inner = [...outer, value];
  // One after the other, not all at once: a getter that throws must not leave others running.
  if (Array.isArray(value)) {
    const list: Plain[] = [];
    for (const [i, item] of value.entries()) list.push(isSimple(item) ? item : await convert(item, `${path}[${i}]`, inner));
    return list;
  }
  const entries: [string, Plain][] = [];
  for (const [key, field] of Object.entries(value)) entries.push([key, await convert(field, `${path}.${key}`, inner)]);
  // fromEntries defines, it does not assign: a key `__proto__` stays a key.
  return Object.fromEntries(entries);
}

/** Long lists of numbers are common, and a promise for each of them is not free. */
function isSimple(value: unknown): value is number | string | boolean | null {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' || value === null;
}

const arrayOfDtype = {float32: Float32Array, int32: Int32Array, bool: Uint8Array} as const;

async function tensorData(tensor: tf.Tensor, path: string): Promise<TensorData> {
  if (tensor.isDisposed) throw refuse('a disposed tensor', path, 'return it from tf.tidy, or tf.keep it');
  if (!Object.hasOwn(arrayOfDtype, tensor.dtype)) throw refuse(`a tensor of ${tensor.dtype}`, path, 'cast it to float32, int32 or bool');
  const dtype = tensor.dtype as Dtype;
  const shape = [...tensor.shape];
  const values = (await tensor.data()) as Float32Array | Int32Array | Uint8Array;
  // A copy, and always of the dtype's own kind: the JavaScript backend hands out its own array, TensorFlow sometimes another kind.
  return {dtype, shape, data: arrayOfDtype[dtype].from(values)};
}

const typedArrayKinds = new Set([
  'Int8Array',
  'Uint8Array',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
]);

function typedArray(view: ArrayBufferView, path: string): TypedArray {
  const kind = Object.prototype.toString.call(view).slice('[object '.length, -1);
  if (typedArrayKinds.has(kind)) return view as TypedArray;
  if (kind === 'Uint8ClampedArray') return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  throw refuse(`a ${kind}`, path, 'copy it into one of Int8Array to Float64Array');
}

function refuse(got: string, path: string, nextStep: string): Error {
  return new Error(
    `Expected numbers, strings, booleans, tensors, typed arrays, lists or records, got ${got} at ${shorten(path)}; ${nextStep}.`,
  );
}

function shorten(path: string): string {
  return path.length > 80 ? `${path.slice(0, 40)}…${path.slice(-39)}` : path;
}
