import {type Kernels} from '../kernels/kernels.ts';

/** A square matrix in float64, row-major. */
export interface Square {
  readonly size: number;
  readonly data: Float64Array;
}

/** A matrix of float64 in the kernels' memory. */
export interface Matrix {
  readonly at: number;
  /** `rowBytesOf` its columns. */
  readonly rowBytes: number;
}

/** The bytes from one row to the next: whole vectors. */
export function rowBytesOf(columns: number): number {
  return Math.ceil(columns / 4) * 32;
}

/** The numbers of a row, where they stand. */
export function rowOf({memory}: Kernels, {at, rowBytes}: Matrix, row: number, columns: number): Float64Array {
  return new Float64Array(memory.buffer, at + row * rowBytes, columns);
}

/**
 * Makes a symmetric positive definite H, of which the lower triangle counts, into the upper triangular U with UᵀU = H⁻¹: H = TᵀT from its last row on,
 * with a lower triangular T, and U = (T⁻¹)ᵀ. No inverse of H is formed, which saves a factorization and half of the rounding.
 * @param spare the address of room for 32 rows
 * @throws RangeError where H is not positive definite, at the row where that shows
 */
export function inverseCholesky(kernels: Kernels, h: Matrix, size: number, spare: number): void {
  const {at, rowBytes} = h;
  const row = kernels.factorize(at, size, rowBytes);
  if (row >= 0)
    throw new RangeError(
      `Expected a positive definite matrix, got a pivot of ${rowOf(kernels, h, row, size)[row]} at row ${row}; raise the dampening or calibrate on more data`,
    );
  kernels.invert(at, size, rowBytes, spare);
  kernels.transposeSquare(at, size, rowBytes);
}
