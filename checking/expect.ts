import {isTensorData, isTypedArray, type Dtype, type Plain, type TensorData} from '../session/wire/plain.ts';
import {WrongAnswer} from './types.ts';

export interface TensorExpectation {
  /** What it is, as the learner knows it: `the restored tensor`. */
  readonly what: string;
  readonly shape?: readonly number[];
  readonly dtype?: Dtype;
}

/** The value as a tensor of finite numbers. @throws WrongAnswer saying what came instead */
export function expectTensor(value: Plain, {what, shape, dtype}: TensorExpectation): TensorData {
  if (!isTensorData(value)) throw new WrongAnswer(`Expected ${what} to be a tensor, got ${describe(value)}`);
  if (shape !== undefined) expectShape(value, shape, what);
  if (dtype !== undefined && value.dtype !== dtype) throw new WrongAnswer(`Expected ${what} to have dtype ${dtype}, got ${value.dtype}`);
  expectFinite(value.data, what);
  return value;
}

/** Integer codes: an int32 tensor of the given shape, or, where codes are kept as bytes, a typed array of integers as long. @throws WrongAnswer */
export function expectCodes(value: Plain, {what, shape}: {readonly what: string; readonly shape: readonly number[]}): ArrayLike<number> {
  if (isTensorData(value)) {
    expectShape(value, shape, what);
    if (value.dtype !== 'int32')
      throw new WrongAnswer(
        `Expected ${what} to be integers (dtype int32), got dtype ${value.dtype}; a code is a whole number, make it one with .toInt()`,
      );
    return value.data;
  }
  if (!isTypedArray(value) || value instanceof Float32Array || value instanceof Float64Array) {
    throw new WrongAnswer(`Expected ${what} to be an int32 tensor or an Int8Array, got ${describe(value)}`);
  }
  const length = shape.reduce((product, n) => product * n, 1);
  if (value.length !== length)
    throw new WrongAnswer(`Expected ${what} to hold one code per element, ${length} in all, got ${value.length}`);
  return value;
}

/** @throws WrongAnswer where it is no buffer of bytes of that length; `why` it is so long stands in its message */
export function expectBytes(
  value: Plain,
  {what, length, why}: {readonly what: string; readonly length: number; readonly why: string},
): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new WrongAnswer(`Expected ${what} to be a Uint8Array: ${why}`);
  if (value.length !== length) throw new WrongAnswer(`Expected ${what} to hold ${length} bytes, got ${value.length}: ${why}`);
  return value;
}

/** The value as a finite number; a tensor with one element counts as its number. @throws WrongAnswer */
export function expectNumber(value: Plain, what: string): number {
  const number = isTensorData(value) && value.data.length === 1 ? value.data[0]! : value;
  if (typeof number !== 'number') throw new WrongAnswer(`Expected ${what} to be a number, got ${describe(value)}`);
  expectFinite([number], what);
  return number;
}

/** The fields of a record, each required. @throws WrongAnswer naming the missing field */
export function expectRecord<K extends string>(value: Plain, fields: readonly K[], what: string): Record<K, Plain> {
  const form = `{${fields.join(', ')}}`;
  if (typeof value !== 'object' || value === null || isTensorData(value) || isTypedArray(value) || Array.isArray(value)) {
    throw new WrongAnswer(`Expected ${what} to be an object ${form}, got ${describe(value)}`);
  }
  for (const field of fields)
    if (!Object.hasOwn(value, field)) throw new WrongAnswer(`Expected ${what} to be an object ${form}, got one without \`${field}\``);
  return value as Record<K, Plain>;
}

/** @throws WrongAnswer where a value is NaN or infinite */
export function expectFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      throw new WrongAnswer(`Expected ${what} to hold finite numbers, got ${values[i]}; a division by zero is the usual cause`);
  }
}

function expectShape(tensor: TensorData, shape: readonly number[], what: string): void {
  if (tensor.shape.length === shape.length && shape.every((n, axis) => n === tensor.shape[axis])) return;
  throw new WrongAnswer(`Expected ${what} to have shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`);
}

function describe(value: Plain): string {
  if (value === undefined) return 'nothing (undefined); is a `return` missing?';
  if (value === null) return 'null';
  if (isTensorData(value)) return `a tensor of shape [${value.shape.join(', ')}]`;
  if (isTypedArray(value)) return `a ${value.constructor.name}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  // Not its keys: a learner chooses them, and what is said here is read by the learner.
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
