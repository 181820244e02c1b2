/** A square matrix in float64, row-major. */
export interface Square {
  readonly size: number;
  readonly data: Float64Array;
}

/**
 * The upper triangular U with UᵀU = H⁻¹, for a symmetric positive definite H: H = V·Vᵀ from its last row and column on, and U = V⁻¹. No inverse of H is
 * formed, which saves a factorization and half of the rounding.
 * @throws RangeError where H is not positive definite, at the row where that shows
 */
export function inverseCholesky(h: Square): Square {
  const v = reversedCholesky(h);
  return invertUpper(v);
}

/** The upper triangular V with V·Vᵀ = H. */
function reversedCholesky({size, data}: Square): Square {
  const v = new Float64Array(size * size);
  for (let i = size - 1; i >= 0; i--) {
    const row = v.subarray(i * size, (i + 1) * size);
    for (let j = size - 1; j > i; j--) {
      const other = v.subarray(j * size, (j + 1) * size);
      row[j] = (data[i * size + j]! - dot(row, other, j + 1, size)) / other[j]!;
    }
    const pivot = data[i * size + i]! - dot(row, row, i + 1, size);
    if (!(pivot > 0))
      throw new RangeError(
        `Expected a positive definite matrix, got a pivot of ${pivot} at row ${i}; raise the dampening or calibrate on more data`,
      );
    row[i] = Math.sqrt(pivot);
  }
  return {size, data: v};
}

/** V⁻¹, row by row: e_i = x·V solved from the diagonal on, every step along a row. */
function invertUpper({size, data}: Square): Square {
  const u = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = u.subarray(i * size, (i + 1) * size);
    row[i] = 1;
    for (let k = i; k < size; k++) {
      const factor = (row[k]! /= data[k * size + k]!);
      if (factor !== 0) for (let j = k + 1, at = k * size + k + 1; j < size; j++, at++) row[j]! -= factor * data[at]!;
    }
  }
  return {size, data: u};
}

/** In four sums: one addition need not wait for the one before. */
function dot(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = from;
  for (; k + 3 < to; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (; k < to; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + s2 + s3;
}
