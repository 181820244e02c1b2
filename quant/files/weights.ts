import {readGguf} from './gguf/read.ts';
import {readSafetensors} from './safetensors.ts';
import {type ByteSource, fileSource} from './source.ts';

/** A file of tensors, whatever its format. */
export interface WeightFile {
  readonly format: 'safetensors' | 'GGUF';
  readonly byteLength: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** A tensor's values from `from` to `to` − 1, in float32, row-major. */
  floats(name: string, from?: number, to?: number): Float32Array<ArrayBuffer>;
  close(): void;
}

/** A tensor of a file, before it is read. */
export interface WeightTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The element type as the format calls it: `BF16`, `Q4_K`. */
  readonly type: string;
  readonly byteLength: number;
  /** Neighbours that are stored together: values are read in whole blocks. */
  readonly blockSize: number;
}

const longestValue = 60;

/**
 * Opens a safetensors or GGUF file by its first bytes; its tensors are read when they are asked for.
 * @throws RangeError where it is neither, or damaged; Error of Node's where it cannot be read
 */
export function openWeights(path: string): WeightFile {
  const source = fileSource(path);
  try {
    const start = new TextDecoder('latin1').decode(source.read(0, Math.min(4, source.byteLength)));
    return start === 'GGUF' ? openGguf(source) : openSafetensors(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

function openGguf(source: ByteSource): WeightFile {
  const {metadata, tensors, floats} = readGguf(source);
  const text = (value: unknown): string => (Array.isArray(value) ? `${value.length} values` : String(value).slice(0, longestValue));
  return {
    format: 'GGUF',
    byteLength: source.byteLength,
    metadata: new Map([...metadata].map(([key, {value}]) => [key, text(value)])),
    tensors: new Map([...tensors].map(([name, tensor]) => [name, {...tensor, type: tensor.type.name, blockSize: tensor.type.blockSize}])),
    floats,
    close: () => source.close(),
  };
}

function openSafetensors(source: ByteSource): WeightFile {
  const {metadata, tensors, floats} = readSafetensors(source);
  return {
    format: 'safetensors',
    byteLength: source.byteLength,
    metadata,
    tensors: new Map([...tensors].map(([name, tensor]) => [name, {...tensor, type: tensor.dtype, blockSize: 1}])),
    floats,
    close: () => source.close(),
  };
}
