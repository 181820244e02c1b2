import {countElements} from '../formats/shape.ts';
import {type GgmlType, isWritable} from './ggml/ggml-type.ts';
import {ggmlType, quantizeGgml} from './ggml/index.ts';
import type {GgufValue} from './gguf/values.ts';
import {inTensor} from './in-tensor.ts';
import {writeGguf} from './gguf/write.ts';
import type {WeightFile, WeightTensor} from './weights.ts';

/** About how many values are in memory at a time. */
const pieceLength = 2 ** 22;

/** What llama.cpp takes for rows that a K type's blocks of 256 do not divide. */
const fallbacks: Readonly<Record<string, string>> = {Q4_K: 'Q5_0', Q6_K: 'Q8_0'};

/** In which type a tensor is stored when `wanted` is asked for: vectors stay float32, rows that no block divides too. As llama.cpp's quantizer chooses. */
export function storedType({shape}: Pick<WeightTensor, 'shape'>, wanted: GgmlType): GgmlType {
  const row = shape.at(-1) ?? 1;
  if (shape.length < 2) return ggmlType('F32');
  if (row % wanted.blockSize === 0) return wanted;
  const fallback = fallbacks[wanted.name];
  return fallback ? storedType({shape}, ggmlType(fallback)) : ggmlType('F32');
}

/**
 * The bytes of a GGUF file that holds the weights in a type of ggml, rounded to nearest; piece by piece, in little memory whatever the file's size.
 * `progress` is told how many values are done. @throws RangeError where the type is only read here, or a value is not finite
 */
export function* convertToGguf(
  weights: WeightFile,
  wanted: GgmlType,
  progress: (values: number) => void = () => {},
): Generator<Uint8Array> {
  if (!isWritable(wanted)) throw new RangeError(`Expected a type that can be written, got ${wanted.name}, which is only read here`);
  const metadata = ggufMetadata(weights);
  let done = 0;
  const tensors = [...weights.tensors.values()].map(tensor => {
    const type = storedType(tensor, wanted);
    const size = countElements(tensor.shape);
    const row = tensor.shape.at(-1) ?? 1;
    const step = Math.max(1, Math.floor(pieceLength / Math.max(row, 1))) * row;
    function* bytes(): Generator<Uint8Array> {
      for (let from = 0; from < size; from += step) {
        const to = Math.min(from + step, size);
        const values = weights.floats(tensor.name, from, to);
        yield inTensor(tensor.name, () => quantizeGgml(values, row, type));
        progress((done += to - from));
      }
    }
    return {name: tensor.name, shape: tensor.shape, type, bytes};
  });
  yield* writeGguf({metadata, tensors});
}

/** What every GGUF file of quantized weights says of itself. */
export function ggufMetadata({metadata}: WeightFile): ReadonlyMap<string, GgufValue> {
  return new Map<string, GgufValue>([
    ['general.architecture', {type: 'string', value: metadata.get('general.architecture') ?? 'unknown'}],
    ['general.quantization_version', {type: 'uint32', value: 2}],
  ]);
}
