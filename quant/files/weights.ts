import {readGguf} from './gguf/read.ts';
import {openOnnx} from './onnx/weights.ts';
import type {SafetensorsDtype} from './safetensors.ts';
import {openSafetensors} from './safetensors-weights.ts';
import {type ByteSource, fileSource} from './source.ts';

/** A file of tensors, whatever its format. */
export interface WeightFile {
  readonly format: 'safetensors' | 'GGUF' | 'ONNX';
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
  /** Its bytes, where they are plain numbers that safetensors has, too. */
  readonly plain?: {readonly dtype: SafetensorsDtype; readonly bytes: (from: number, to: number) => Uint8Array};
}

const longestValue = 60;

/** What a file begins with: GGUF with its name, a safetensors file with the length of a JSON object, ONNX with the field of its IR version. */
const jsonAt = 8;
const irVersionField = '\x08';

/** What people have in the place of such a file, by its first bytes. */
const otherKinds = [
  {begins: /^PK\x03\x04/, kind: 'a ZIP archive, as torch.save and Keras write', next: "write its weights with safetensors' save_file"},
  {begins: /^\x80[\x02-\x05]/, kind: 'a pickle, which runs code when it is loaded', next: "write its weights with safetensors' save_file"},
  {begins: /^\x89HDF/, kind: 'an HDF5 file', next: "read it with h5py, and write its weights with safetensors' save_file"},
  {begins: /^version /, kind: 'what Git LFS leaves in the place of a file', next: 'fetch the file itself with git lfs pull'},
  {begins: /^<(!doctype|html)/i, kind: 'a web page', next: 'download the file itself'},
] as const;

/**
 * Opens a safetensors, GGUF or ONNX file by its first bytes; its tensors are read when they are asked for. What is stored quantized (as `writeQTensors`,
 * bitsandbytes or ONNX's QuantizeLinear do) is one tensor, whose values are the dequantized ones.
 * @throws RangeError where it is none of them, or damaged; Error of Node's where it cannot be read
 */
export function openWeights(path: string): WeightFile {
  const source = fileSource(path);
  try {
    const start = String.fromCharCode(...source.read(0, Math.min(jsonAt + 1, source.byteLength)));
    if (start.startsWith('GGUF')) return openGguf(source);
    // Its fields may come in any order: then the name of the file says it.
    if (start[jsonAt] !== '{') {
      if (start.startsWith(irVersionField) || path.endsWith('.onnx')) return openOnnx(source);
      const other = otherKinds.find(({begins}) => begins.test(start));
      if (other) throw new RangeError(`Expected a safetensors, GGUF or ONNX file, got ${other.kind}; ${other.next}`);
    }
    return openSafetensors(source);
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
