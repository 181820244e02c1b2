import {openWeights, type WeightFile} from '../files/weights.ts';
import {type ComparableModel, compareModels, type ModelData} from './models.ts';
import type {Report} from './report.ts';
import {type ComparableValues, compareValues} from './values.ts';
import {compareWeights} from './weights.ts';

/**
 * What quantization saved and what it cost: bytes, bits a value, SQNR = 10·log10(Σ x² / Σ (x̂ − x)²) in decibels, maximal and mean |x̂ − x|, cosine.
 * Of two models, for the examples given: the errors of what each layer and the whole put out, and accuracy where there are labels.
 * Of two files (paths, or opened): tensor by tensor, by name. Of tensors, arrays and QTensors: value by value.
 * @throws RangeError where both cannot be compared
 */
export function compare(original: ComparableModel, quantized: ComparableModel, data: ModelData): Promise<Report>;
export function compare(original: string | WeightFile, quantized: string | WeightFile): Promise<Report>;
export function compare(original: ComparableValues, quantized: ComparableValues): Promise<Report>;
export async function compare(original: Comparable, quantized: Comparable, data?: ModelData): Promise<Report> {
  if (isModel(original) && isModel(quantized)) {
    if (!data) throw new RangeError('Expected examples to compare two models on, got none; add {inputs, labels}');
    return compareModels(original, quantized, data);
  }
  if (isFile(original) && isFile(quantized)) return compareFiles(original, quantized);
  if (isModel(original) || isModel(quantized) || isFile(original) || isFile(quantized))
    throw new RangeError(`Expected two models, two files or two tensors, got ${kindOf(original)} and ${kindOf(quantized)}`);
  return compareValues(original, quantized);
}

type Comparable = ComparableModel | string | WeightFile | ComparableValues;

function isModel(value: Comparable): value is ComparableModel {
  return typeof value === 'object' && 'predict' in value;
}

function isFile(value: Comparable): value is string | WeightFile {
  return typeof value === 'string' || 'tensors' in value;
}

function kindOf(value: Comparable): string {
  return isModel(value) ? 'a model' : isFile(value) ? 'a file' : 'a tensor';
}

/** Closes what it opened itself, whatever happens. */
function compareFiles(...files: [string | WeightFile, string | WeightFile]): Report {
  const opened: WeightFile[] = [];
  try {
    const [original, other] = files.map(file => {
      if (typeof file !== 'string') return file;
      opened.push(openWeights(file));
      return opened.at(-1)!;
    });
    return compareWeights(original!, other!);
  } finally {
    for (const file of opened) file.close();
  }
}
