import type {TensorData} from '../session/wire/plain.ts';
import type {Draw} from './draw.ts';

/** How large a weight matrix is, and how its values are spread. */
export interface WeightMatrix {
  readonly inputs: number;
  readonly outputs: number;
  /** Standard deviation of a typical column; 0.02 without it. */
  readonly deviation?: number;
  /** How unequal the columns are: the deviation of the logarithm of their standard deviations; 0.4 without it, 0 makes them equal. */
  readonly spread?: number;
}

/**
 * Weights [inputs, outputs] as trained layers have them: a bell in each column, wider in some columns than in others.
 * @throws RangeError where inputs or outputs are no whole numbers above 0
 */
export function weightMatrix(draw: Draw, {inputs, outputs, deviation = 0.02, spread = 0.4}: WeightMatrix): TensorData {
  expectCount(inputs, 'inputs');
  expectCount(outputs, 'outputs');
  const deviations = Float64Array.from({length: outputs}, () => deviation * Math.exp(draw.normal(0, spread)));
  return draw.tensor([inputs, outputs], (d, i) => d.normal(0, deviations[i % outputs]));
}

/** A copy of a matrix with one element replaced: `withOutlier(weights, 0, 0, 1000)`. @throws RangeError where there is no such element */
export function withOutlier(matrix: TensorData, row: number, column: number, value: number): TensorData {
  const [rows, columns] = matrix.shape as [number, number];
  if (!(Number.isInteger(row) && Number.isInteger(column) && row >= 0 && row < rows && column >= 0 && column < columns))
    throw new RangeError(`Expected an element of a matrix [${rows}, ${columns}], got row ${row}, column ${column}`);
  const data = Float32Array.from(matrix.data);
  data[row * columns + column] = value;
  return {dtype: 'float32', shape: matrix.shape, data};
}

/** How many activations there are, and how many of their columns are large. */
export interface ActivationMatrix {
  /** Tokens, or examples. */
  readonly rows: number;
  /** Features: the inputs of the next layer. */
  readonly columns: number;
  /** Columns with outliers. */
  readonly outliers: number;
  /** Between which two magnitudes the outliers of a column lie; 20 and 60 without it. */
  readonly magnitude?: readonly [low: number, high: number];
}

/** No value outside the outlier columns reaches this magnitude. */
export const regularLimit = 5;

/**
 * Activations [rows, columns] as large language models have them: nearly all values of a bell with deviation 1 and below `regularLimit`, and a few columns,
 * the same in all rows, whose values are 20 to 60 in three rows of four, each column with a sign of its own.
 * `outlierColumns` are in rising order.
 * The form is that of Dettmers et al. 2022, LLM.int8(), section 4.
 * @throws RangeError where the numbers are not whole, or there are more outlier columns than columns
 */
export function activationsWithOutliers(
  draw: Draw,
  {rows, columns, outliers, magnitude = [20, 60]}: ActivationMatrix,
): {readonly x: TensorData; readonly outlierColumns: readonly number[]} {
  expectCount(rows, 'rows');
  expectCount(columns, 'columns');
  if (!(Number.isInteger(outliers) && outliers >= 0 && outliers <= columns))
    throw new RangeError(`Expected 0 to ${columns} outlier columns, got ${outliers}`);
  const outlierColumns = draw
    .shuffle(Array.from({length: columns}, (_, column) => column))
    .slice(0, outliers)
    .sort((a, b) => a - b);
  const features = new Map(
    outlierColumns.map(column => [column, {sign: draw.pick([-1, 1]), size: draw.uniform(...magnitude), always: draw.integer(0, rows - 1)}]),
  );
  const x = draw.tensor([rows, columns], (d, i) => {
    const feature = features.get(i % columns);
    const regular = bell(d);
    // One row is sure, so that the column is one of outliers whatever the other rows draw.
    if (!feature || (d.uniform() >= 0.75 && Math.floor(i / columns) !== feature.always)) return regular;
    return feature.sign * Math.min(Math.max(feature.size * d.uniform(0.8, 1.25), magnitude[0]), magnitude[1]);
  });
  return {x, outlierColumns};
}

/** A standard normal value, drawn again where it reaches the limit. */
function bell(draw: Draw): number {
  for (;;) {
    const value = draw.normal();
    if (Math.abs(value) < regularLimit) return value;
  }
}

function expectCount(count: number, what: string): void {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Expected a whole number of ${what} above 0, got ${count}`);
}
