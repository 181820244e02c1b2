/** The sizes in GPT-2's config.json, under the names that they have there. */
export interface Gpt2Config {
  readonly n_layer: number;
  /** Width of the residual stream. */
  readonly n_embd: number;
  readonly n_head: number;
  readonly vocab_size: number;
  readonly n_positions: number;
}

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What a safetensors header says of a tensor. */
export interface TensorInfo extends NamedShape {
  /** `F32`, `F16`, `BOOL` … */
  readonly dtype: string;
  /** Its bytes in the file. */
  readonly bytes: number;
}

/** How wide what is kept in memory is, in bits. */
export interface Plan {
  /** Of each weight in the layers' matrices. */
  readonly matrixBits: number;
  /** Of embeddings, norms and biases. */
  readonly otherBits: number;
  /** Of the scale that each output of a matrix has; 0 where matrices are not quantized. */
  readonly scaleBits: number;
}

export interface Footprint {
  /** How many there are. */
  readonly parameters: number;
  readonly matrixBytes: number;
  readonly otherBytes: number;
  readonly scaleBytes: number;
  /** Matrices, the rest and scales; no buffers. */
  readonly totalBytes: number;
  /** As they are stored in the file. */
  readonly bufferBytes: number;
}

export type ParameterShapes = (config: Gpt2Config) => NamedShape[];
/** The file's bytes → its tensors, in any order. @throws Error where the file is cut off or its header contradicts itself */
export type ReadHeader = (file: Uint8Array) => TensorInfo[];
export type MeasureFootprint = (tensors: readonly TensorInfo[], plan: Plan) => Footprint;
