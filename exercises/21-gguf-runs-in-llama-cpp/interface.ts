/** One entry of a GGUF file's metadata: a key, and a value with the type that it is stored in. */
export type MetadataEntry =
  | {readonly key: string; readonly type: 'uint32' | 'float32'; readonly value: number}
  | {readonly key: string; readonly type: 'bool'; readonly value: boolean}
  | {readonly key: string; readonly type: 'string'; readonly value: string}
  | {
      readonly key: string;
      readonly type: 'array';
      readonly of: 'string' | 'float32' | 'int32';
      readonly value: readonly (string | number)[];
    };

/** A tensor of a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** Outermost axis first, as in PyTorch and TensorFlow: [outputs, inputs]. */
  readonly shape: readonly number[];
  /** The number of its format in ggml: 0 is F32, 1 is F16, 2 is Q4_0, 8 is Q8_0. */
  readonly type: number;
  /** Its blocks, one after the other. */
  readonly bytes: Uint8Array;
}

/** 32 values → 34 bytes; the number of values is a multiple of 32. */
export type QuantizeQ8_0 = (values: Float32Array) => Uint8Array;
/** 32 values → 18 bytes; the number of values is a multiple of 32. */
export type QuantizeQ4_0 = (values: Float32Array) => Uint8Array;
/** 144 bytes → 256 values; the number of bytes is a multiple of 144. */
export type DequantizeQ4_K = (bytes: Uint8Array) => Float32Array;
/** The bytes of a GGUF file of version 3. */
export type WriteGguf = (metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]) => Uint8Array;
