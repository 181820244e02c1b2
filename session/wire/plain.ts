/**
 * Plain data: what may cross the pipe between a session and its host, and what checks see of a learner's answers.
 * Tensors become `TensorData`: dtype, shape and a typed array, row-major.
 */
export type Dtype = 'float32' | 'int32' | 'bool';

export interface TensorData {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major values: Float32Array, Int32Array, or Uint8Array for bool. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

export type TypedArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

export type Plain =
  | undefined
  | null
  | boolean
  | number
  | string
  | TypedArray
  | TensorData
  | readonly Plain[]
  | {readonly [key: string]: Plain};

export function isTensorData(value: unknown): value is TensorData {
  return (
    typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value && 'data' in value && ArrayBuffer.isView(value.data)
  );
}

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
