import {countElements} from '../formats/shape.ts';
import type {WeightFile} from '../files/weights.ts';
import {ErrorMeasure} from './errors.ts';
import {Report, type ReportPart} from './report.ts';

/** How many values are in memory of each file at a time: a multiple of every block. */
const pieceLength = 2 ** 20;

/**
 * Compares two files of weights tensor by tensor, by name, in little memory.
 * @param progress is told the share that is done, 0 to 1
 */
export function compareWeights(original: WeightFile, other: WeightFile, progress: (share: number) => void = () => {}): Report {
  const alike = [...original.tensors.values()].filter(({name, shape}) => other.tensors.get(name)?.shape.join() === shape.join());
  const names = new Set(alike.map(({name}) => name));
  const elements = alike.reduce((sum, {shape}) => sum + countElements(shape), 0);
  const all = new ErrorMeasure();
  const parts = alike.map(({name, shape, type, byteLength}): ReportPart => {
    const errors = new ErrorMeasure();
    const size = countElements(shape);
    for (let from = 0; from < size; from += pieceLength) {
      const to = Math.min(from + pieceLength, size);
      const [reference, actual] = [original.floats(name, from, to), other.floats(name, from, to)];
      errors.add(reference, actual);
      all.add(reference, actual);
      progress(all.count / elements);
    }
    const {type: newType, byteLength: bytes} = other.tensors.get(name)!;
    return {name, shape, originalType: type, type: newType, elements: size, originalBytes: byteLength, bytes, errors};
  });
  const missing = (file: WeightFile): string[] => [...file.tensors.keys()].filter(name => !names.has(name));
  const bytesOf = (field: 'originalBytes' | 'bytes'): number => parts.reduce((sum, part) => sum + part[field], 0);
  return new Report({
    title: `${parts.length} tensors, ${original.format} → ${other.format}`,
    of: 'values',
    parts,
    errors: all,
    elements,
    originalBytes: bytesOf('originalBytes'),
    bytes: bytesOf('bytes'),
    onlyOriginal: missing(original),
    onlyOther: missing(other),
  });
}
