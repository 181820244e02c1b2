/**
 * Multiplies each row of [..., columns] by the normalized Hadamard matrix, in columns · log2(columns) additions. Outliers are spread over their row, and
 * since the matrix is its own inverse, weights rotated alike leave the product as it was: (x·H)·(w·H)ᵀ = x·wᵀ.
 * Source: Ashkboos et al. 2024, QuaRot: Outlier-Free 4-Bit Inference in Rotated LLMs.
 * @throws RangeError where columns is no power of two, or the values are no whole number of rows
 */
export function hadamardRotate(values: ArrayLike<number>, columns: number): Float32Array<ArrayBuffer> {
  if (!(columns >= 1)) throw new RangeError(`Expected a power of two of columns, 1 or more, got ${columns}; give the length of a row`);
  if (!Number.isInteger(Math.log2(columns)))
    throw new RangeError(
      `Expected a power of two of columns, got ${columns}; rotate blocks of ${2 ** Math.floor(Math.log2(columns))} instead`,
    );
  if (values.length % columns !== 0) throw new RangeError(`Expected rows of ${columns} values, got ${values.length}`);
  const sums = Float64Array.from(values);
  for (let half = 1; half < columns; half *= 2)
    for (let from = 0; from < sums.length; from += 2 * half)
      for (let i = from; i < from + half; i++) {
        const [a, b] = [sums[i]!, sums[i + half]!];
        sums[i] = a + b;
        sums[i + half] = a - b;
      }
  const norm = 1 / Math.sqrt(columns);
  return Float32Array.from(sums, sum => sum * norm);
}
