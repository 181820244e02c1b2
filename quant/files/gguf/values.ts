/** A value of a GGUF file's metadata, with the type that it is stored in. */
export type GgufValue =
  | {readonly type: SmallNumber; readonly value: number}
  | {readonly type: 'uint64' | 'int64'; readonly value: bigint}
  | {readonly type: 'bool'; readonly value: boolean}
  | {readonly type: 'string'; readonly value: string}
  | {readonly type: 'array'; readonly of: ScalarType; readonly value: readonly Scalar[]};

export type Scalar = number | bigint | boolean | string;
type SmallNumber = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
type FixedType = SmallNumber | 'uint64' | 'int64' | 'bool';
export type ScalarType = FixedType | 'string';

/** The types by their number in a file. */
export const valueTypes = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
] as const satisfies readonly GgufValue['type'][];

/** How a value of fixed size lies in a file, little-endian. */
interface Layout {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => Scalar;
  readonly write: (view: DataView, at: number, value: Scalar) => void;
}

export const layouts: Readonly<Record<FixedType, Layout>> = {
  uint8: {bytes: 1, read: (view, at) => view.getUint8(at), write: (view, at, value) => view.setUint8(at, Number(value))},
  int8: {bytes: 1, read: (view, at) => view.getInt8(at), write: (view, at, value) => view.setInt8(at, Number(value))},
  uint16: {bytes: 2, read: (view, at) => view.getUint16(at, true), write: (view, at, value) => view.setUint16(at, Number(value), true)},
  int16: {bytes: 2, read: (view, at) => view.getInt16(at, true), write: (view, at, value) => view.setInt16(at, Number(value), true)},
  uint32: {bytes: 4, read: (view, at) => view.getUint32(at, true), write: (view, at, value) => view.setUint32(at, Number(value), true)},
  int32: {bytes: 4, read: (view, at) => view.getInt32(at, true), write: (view, at, value) => view.setInt32(at, Number(value), true)},
  uint64: {
    bytes: 8,
    read: (view, at) => view.getBigUint64(at, true),
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  },
  int64: {bytes: 8, read: (view, at) => view.getBigInt64(at, true), write: (view, at, value) => view.setBigInt64(at, BigInt(value), true)},
  float32: {bytes: 4, read: (view, at) => view.getFloat32(at, true), write: (view, at, value) => view.setFloat32(at, Number(value), true)},
  float64: {bytes: 8, read: (view, at) => view.getFloat64(at, true), write: (view, at, value) => view.setFloat64(at, Number(value), true)},
  bool: {bytes: 1, read: (view, at) => view.getUint8(at) !== 0, write: (view, at, value) => view.setUint8(at, Number(value))},
};

/** What ggml's tensors have at most. */
export const maxDimensions = 4;
