import type {ByteSource} from './source.ts';
import type {WeightFile, WeightTensor} from './weights.ts';

/** A tensor, and how to read it. */
export interface WeightView extends WeightTensor {
  readonly floats: (from?: number, to?: number) => Float32Array<ArrayBuffer>;
}

/** The file whose tensors are `views`: asked for one, it asks the view. */
export function weightFileOf(
  source: ByteSource,
  views: ReadonlyMap<string, WeightView>,
  {format, metadata}: Pick<WeightFile, 'format' | 'metadata'>,
): WeightFile {
  return {
    format,
    byteLength: source.byteLength,
    metadata,
    tensors: views,
    floats(name, from, to) {
      const view = views.get(name);
      if (!view) throw new RangeError(`Expected the name of one of the file's ${views.size} tensors, got ${name}`);
      return view.floats(from, to);
    },
    close: () => source.close(),
  };
}
