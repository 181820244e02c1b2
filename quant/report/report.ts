import type {ErrorMeasure} from './errors.ts';
import {reportPicture} from './picture.ts';
import {bitsPerValue, describeBits, describeBytes, percent, textTable} from './table.ts';

/** A tensor of a file, or a layer of a model, beside what became of it. */
export interface ReportPart {
  readonly name: string;
  /** Of the tensor; of a layer, what it puts out for one example. */
  readonly shape: readonly number[];
  /** As it is stored, `F32`, or the layer's class. */
  readonly originalType: string;
  readonly type: string;
  /** How many values, or weights, the bytes hold. */
  readonly elements: number;
  readonly originalBytes: number;
  readonly bytes: number;
  /** Of the values; of a layer, of what it puts out. Undefined where there was nothing to compare. */
  readonly errors?: ErrorMeasure;
}

/** The share of examples, 0 to 1, to which a model gives the right label. */
export interface Accuracy {
  readonly original: number;
  readonly quantized: number;
  readonly examples: number;
}

/** What a Report is made of. */
export interface ReportContents {
  readonly title: string;
  /** Whose errors the parts have: `values` of tensors, or `outputs` of layers. */
  readonly of: 'values' | 'outputs';
  readonly parts: readonly ReportPart[];
  /** Over all values; of a model, of what it puts out in the end. */
  readonly errors: ErrorMeasure;
  readonly elements: number;
  readonly originalBytes: number;
  readonly bytes: number;
  readonly accuracy?: Accuracy;
  /** Names that only one of both has, or has in another shape. */
  readonly onlyOriginal?: readonly string[];
  readonly onlyOther?: readonly string[];
}

/** Errors as JSON has them: null where a number is infinite or NaN, as `sqnrDb` is without any error. */
export interface ErrorNumbers {
  readonly maxAbsError: number | null;
  readonly meanAbsError: number | null;
  readonly relativeError: number | null;
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
}

/** A part of a report as JSON; without errors where there was nothing to compare. */
export interface ReportPartJson extends Omit<ReportPart, 'errors'>, Partial<ErrorNumbers> {
  readonly bitsPerElement: number | null;
}

/** What `reportSchema` describes. */
export interface ReportJson extends Required<Omit<ReportContents, 'parts' | 'errors' | 'accuracy'>>, ErrorNumbers {
  readonly bitsPerElement: number | null;
  readonly accuracy?: Accuracy;
  readonly parts: readonly ReportPartJson[];
}

/**
 * What quantization saved and what it cost: bytes, bits a value, SQNR, maximal and mean error, cosine, accuracy. A cell that ends with it shows its
 * picture; `String(report)` is its table, `JSON.stringify(report)` follows `reportSchema`, `report.picture()` is an SVG file.
 */
export class Report implements ReportContents {
  readonly title: string;
  readonly of: 'values' | 'outputs';
  readonly parts: readonly ReportPart[];
  readonly errors: ErrorMeasure;
  readonly elements: number;
  readonly originalBytes: number;
  readonly bytes: number;
  readonly accuracy?: Accuracy;
  readonly onlyOriginal: readonly string[];
  readonly onlyOther: readonly string[];

  constructor(contents: ReportContents) {
    const {title, parts, errors, elements, originalBytes, bytes, accuracy, onlyOriginal = [], onlyOther = []} = contents;
    this.title = title;
    this.of = contents.of;
    this.parts = parts;
    this.errors = errors;
    this.elements = elements;
    this.originalBytes = originalBytes;
    this.bytes = bytes;
    if (accuracy) this.accuracy = accuracy;
    this.onlyOriginal = onlyOriginal;
    this.onlyOther = onlyOther;
  }

  /** 8 · bytes / elements: bits of memory for each value or weight, scales included; NaN without any. */
  get bitsPerElement(): number {
    return bitsPerValue(this.bytes, this.elements);
  }

  /** The table as text. */
  toString(): string {
    const table = textTable(
      [this.of === 'values' ? 'tensor' : 'layer', 'types', 'bits/value', 'SQNR dB', 'max error', 'mean error', 'cosine'],
      [
        ...this.parts.map(({name, originalType, type, bytes, elements, errors}) => [
          name,
          originalType === type ? type : `${originalType} → ${type}`,
          describeBits(bytes, elements),
          ...errorCells(errors),
        ]),
        [
          'all',
          `${describeBytes(this.originalBytes)} → ${describeBytes(this.bytes)}`,
          describeBits(this.bytes, this.elements),
          ...errorCells(this.errors),
        ],
      ],
    );
    return [table, ...this.remarks()].join('\n');
  }

  /** The picture: an SVG file that needs nothing else, on light and dark ground. */
  picture(): string {
    return reportPicture(this);
  }

  toJSON(): ReportJson {
    const {title, of, elements, originalBytes, bytes, accuracy, onlyOriginal, onlyOther} = this;
    return {
      title,
      of,
      elements,
      originalBytes,
      bytes,
      bitsPerElement: orNull(this.bitsPerElement),
      ...errorNumbers(this.errors),
      ...(accuracy && {accuracy}),
      parts: this.parts.map(({errors, ...part}) => ({
        ...part,
        bitsPerElement: orNull(bitsPerValue(part.bytes, part.elements)),
        ...(errors && errorNumbers(errors)),
      })),
      onlyOriginal,
      onlyOther,
    };
  }

  /** How notebooks show it. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return {'text/plain': this.toString(), 'text/html': this.picture()};
  }

  private remarks(): string[] {
    const {accuracy, onlyOriginal, onlyOther} = this;
    return [
      ...(accuracy ? [`accuracy on ${accuracy.examples} examples: ${percent(accuracy.original)} → ${percent(accuracy.quantized)}`] : []),
      ...(onlyOriginal.length ? [`only in the original, or there in another shape: ${onlyOriginal.join(', ')}`] : []),
      ...(onlyOther.length ? [`only in the other, or there in another shape: ${onlyOther.join(', ')}`] : []),
    ];
  }
}

function errorCells(errors: ErrorMeasure | undefined): string[] {
  if (!errors || errors.count === 0) return ['-', '-', '-', '-'];
  const {sqnrDb, maxAbsError, meanAbsError, cosine} = errors;
  return [sqnrDb.toFixed(1), maxAbsError.toPrecision(3), meanAbsError.toPrecision(3), cosine.toFixed(6)];
}

function errorNumbers({maxAbsError, meanAbsError, relativeError, sqnrDb, cosine}: ErrorMeasure): ErrorNumbers {
  return {
    maxAbsError: orNull(maxAbsError),
    meanAbsError: orNull(meanAbsError),
    relativeError: orNull(relativeError),
    sqnrDb: orNull(sqnrDb),
    cosine: orNull(cosine),
  };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
