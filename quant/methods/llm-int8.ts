import {roundHalfToEven} from '../formats/round.ts';
import type {LinearWeights} from './gptq.ts';

/** Rows of int8 codes, each with its absMax: x̂ = code · absMax / 127. */
export interface Int8Rows {
  readonly rows: number;
  readonly columns: number;
  readonly codes: Int8Array<ArrayBuffer>;
  readonly absMax: Float32Array<ArrayBuffer>;
  /** The columns that hold a value of at least the threshold in some row; their codes are 0. */
  readonly outlierColumns: Int32Array<ArrayBuffer>;
}

/**
 * Quantizes each row with its own absMax, leaving out columns with a magnitude of `threshold` or more; 0 leaves out none. bitsandbytes'
 * int8_vectorwise_quant, code for code. A row of zeros has codes of 0.
 * @throws RangeError at NaN or an infinity, or where there are not rows · columns values
 */
export function quantizeInt8Rows(values: ArrayLike<number>, rows: number, columns: number, threshold = 0): Int8Rows {
  if (values.length !== rows * columns)
    throw new RangeError(`Expected ${rows * columns} values for [${rows}, ${columns}], got ${values.length}`);
  const isOutlier = new Uint8Array(columns);
  const absMax = new Float32Array(rows);
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (!Number.isFinite(magnitude)) throw new RangeError(`Expected finite values, got ${values[i]} at ${i}. Clean the values first.`);
    const row = Math.floor(i / columns);
    // An outlier does not stretch its row; what else is in its column still does.
    if (threshold > 0 && magnitude >= threshold) isOutlier[i % columns] = 1;
    else if (magnitude > absMax[row]!) absMax[row] = magnitude;
  }
  const codes = new Int8Array(values.length);
  for (let row = 0; row < rows; row++) {
    const inverse = absMax[row] === 0 ? 0 : Math.fround(127 / absMax[row]!);
    for (let column = 0; column < columns; column++)
      if (!isOutlier[column]) codes[row * columns + column] = roundHalfToEven(Math.fround(values[row * columns + column]! * inverse));
  }
  const outlierColumns = Int32Array.from(isOutlier.keys()).filter(column => isOutlier[column]);
  return {rows, columns, codes, absMax, outlierColumns};
}

/** What `llmInt8MatMul` gives. */
export interface LlmInt8Product {
  /** [rows, outputs] */
  readonly output: Float32Array<ArrayBuffer>;
  readonly outlierColumns: Int32Array<ArrayBuffer>;
  /** The share of multiplications that were done on int8 codes. */
  readonly int8Share: number;
}

/**
 * x [rows, inputs] · weightsᵀ → [rows, outputs]: columns of x with outliers in float, everything else as int8 · int8 → int32 with a scale for each row of
 * x and each output.
 * Source: Dettmers et al. 2022, LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale, section 3.
 * @throws RangeError as `quantizeInt8Rows`, or where x is no whole number of rows
 */
export function llmInt8MatMul(
  x: ArrayLike<number>,
  weights: LinearWeights,
  {threshold = 6}: {readonly threshold?: number} = {},
): LlmInt8Product {
  const {outputs, inputs} = weights;
  const rows = x.length / inputs;
  if (!Number.isInteger(rows)) throw new RangeError(`Expected rows of ${inputs} activations, got ${x.length} values`);
  const left = quantizeInt8Rows(x, rows, inputs, threshold);
  const right = quantizeInt8Rows(weights.data, outputs, inputs);
  const output = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < outputs; column++) {
      // Whole numbers, far below 2^53: no rounding, as in an int32 accumulator.
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += left.codes[row * inputs + i]! * right.codes[column * inputs + i]!;
      let outliers = 0;
      for (const i of left.outlierColumns) outliers += x[row * inputs + i]! * weights.data[column * inputs + i]!;
      output[row * outputs + column] = (sum * left.absMax[row]! * right.absMax[column]!) / (127 * 127) + outliers;
    }
  return {output, outlierColumns: left.outlierColumns, int8Share: 1 - left.outlierColumns.length / inputs};
}
