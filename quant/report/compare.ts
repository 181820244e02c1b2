import {countElements} from '../formats/shape.ts';
import type {WeightFile} from '../files/weights.ts';
import {ErrorMeasure} from './errors.ts';

/** How a tensor of one file differs from the one of the same name in another. */
export interface TensorComparison {
  readonly name: string;
  readonly shape: readonly number[];
  readonly originalType: string;
  readonly type: string;
  readonly originalBytes: number;
  readonly bytes: number;
  readonly bitsPerElement: number;
  readonly errors: ErrorMeasure;
}

export interface FileComparison {
  readonly tensors: readonly TensorComparison[];
  /** Over all tensors that both have. */
  readonly errors: ErrorMeasure;
  readonly originalBytes: number;
  readonly bytes: number;
  /** Names that only one of them has, or has in another shape. */
  readonly onlyOriginal: readonly string[];
  readonly onlyOther: readonly string[];
}

/** How many values are in memory of each file at a time: a multiple of every block. */
const pieceLength = 2 ** 20;

/** Compares two files of weights tensor by tensor, in little memory. `progress` is told the share that is done, 0 to 1. */
export function compareWeights(original: WeightFile, other: WeightFile, progress: (share: number) => void = () => {}): FileComparison {
  const alike = [...original.tensors.values()].filter(({name, shape}) => other.tensors.get(name)?.shape.join() === shape.join());
  const names = new Set(alike.map(({name}) => name));
  const total = alike.reduce((sum, {shape}) => sum + countElements(shape), 0);
  const all = new ErrorMeasure();
  const tensors = alike.map(({name, shape, type, byteLength}): TensorComparison => {
    const errors = new ErrorMeasure();
    for (let from = 0; from < countElements(shape); from += pieceLength) {
      const to = Math.min(from + pieceLength, countElements(shape));
      const [reference, actual] = [original.floats(name, from, to), other.floats(name, from, to)];
      errors.add(reference, actual);
      all.add(reference, actual);
      progress(all.count / total);
    }
    const {type: newType, byteLength: bytes} = other.tensors.get(name)!;
    return {
      name,
      shape,
      originalType: type,
      type: newType,
      originalBytes: byteLength,
      bytes,
      bitsPerElement: (bytes * 8) / countElements(shape),
      errors,
    };
  });
  const missing = (file: WeightFile): string[] => [...file.tensors.keys()].filter(name => !names.has(name));
  const bytesOf = (field: 'originalBytes' | 'bytes'): number => tensors.reduce((sum, tensor) => sum + tensor[field], 0);
  return {
    tensors,
    errors: all,
    originalBytes: bytesOf('originalBytes'),
    bytes: bytesOf('bytes'),
    onlyOriginal: missing(original),
    onlyOther: missing(other),
  };
}
