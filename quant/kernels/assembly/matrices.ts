// Matrices of float64, row after row; a row's bytes are a multiple of 32, and what is behind its numbers may be read and written. Strides are bytes.

const depthAtOnce = 128;
const rowsAtOnce = 256;
const packedA = memory.data(262144, 16);
const packedB = memory.data(4096, 16);

/** c[row, column] −= Σ a(k, row) · b[k, column] over k < depth, where a(k, row) stands at a + k · aDepth + row · aRow. */
export function subtractProduct(
  c: usize,
  cRow: usize,
  a: usize,
  aDepth: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  rows: i32,
  columns: i32,
  depth: i32,
): void {
  for (let k = 0; k < depth; k += depthAtOnce)
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const someRows = min(rows - row, rowsAtOnce);
      const someDepth = min(depth - k, depthAtOnce);
      packA(a + k * aDepth + row * aRow, aDepth, aRow, someRows, someDepth);
      for (let column = 0; column < columns; column += 4) {
        packB(b + k * bRow + 8 * column, bRow, someDepth);
        for (let part = 0; part < someRows; part += 4)
          subtractTile(c + (row + part) * cRow + 8 * column, cRow, packedA + 8 * part * someDepth, min(someRows - part, 4), someDepth);
      }
    }
}

/** Four rows beside each other at every depth; rows that are missing are 0. */
function packA(a: usize, aDepth: usize, aRow: usize, rows: i32, depth: i32): void {
  let to = packedA;
  for (let row = 0; row < rows; row += 4)
    for (let k = 0; k < depth; k++)
      for (let i = 0; i < 4; i++, to += 8) store<f64>(to, row + i < rows ? load<f64>(a + k * aDepth + (row + i) * aRow) : 0);
}

function packB(b: usize, bRow: usize, depth: i32): void {
  for (let k = 0; k < depth; k++) {
    v128.store(packedB + 32 * k, v128.load(b + k * bRow));
    v128.store(packedB + 32 * k + 16, v128.load(b + k * bRow + 16));
  }
}

function subtractTile(c: usize, cRow: usize, a: usize, rows: i32, depth: i32): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let b = packedB;
  for (let k = 0; k < depth; k++, a += 32, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(a0, b0));
    c01 = f64x2.add(c01, f64x2.mul(a0, b1));
    const a1 = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(a1, b0));
    c11 = f64x2.add(c11, f64x2.mul(a1, b1));
    const a2 = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(a2, b0));
    c21 = f64x2.add(c21, f64x2.mul(a2, b1));
    const a3 = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(a3, b0));
    c31 = f64x2.add(c31, f64x2.mul(a3, b1));
  }
  subtractRow(c, c00, c01);
  if (rows > 1) subtractRow(c + cRow, c10, c11);
  if (rows > 2) subtractRow(c + 2 * cRow, c20, c21);
  if (rows > 3) subtractRow(c + 3 * cRow, c30, c31);
}

function subtractRow(c: usize, left: v128, right: v128): void {
  v128.store(c, f64x2.sub(v128.load(c), left));
  v128.store(c + 16, f64x2.sub(v128.load(c, 16), right));
}

/** to −= factor · from, `count` numbers. */
function subtractScaled(to: usize, from: usize, factor: f64, count: i32): void {
  const factors = f64x2.splat(factor);
  for (const end = to + 8 * count; to < end; to += 16, from += 16)
    v128.store(to, f64x2.sub(v128.load(to), f64x2.mul(factors, v128.load(from))));
}

function scale(row: usize, factor: f64, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(row + 8 * i, load<f64>(row + 8 * i) / factor);
}

const block = 32;

/**
 * The lower triangular T with TᵀT = H, in the place of H [size, size], of which the lower triangle counts: from the last row on.
 * Gives the row whose pivot is not above 0 (it then stands there), else −1.
 */
export function factorize(h: usize, size: i32, row: usize): i32 {
  for (let to = size; to > 0;) {
    const from = (to - 1) & ~(block - 1);
    for (let k = to - 1; k >= from; k--) {
      const pivots = h + k * row;
      const pivot = load<f64>(pivots + 8 * k);
      if (!(pivot > 0)) return k;
      scale(pivots, sqrt(pivot), k);
      store<f64>(pivots + 8 * k, sqrt(pivot));
      for (let i = from; i < k; i++) subtractScaled(h + i * row, pivots, load<f64>(pivots + 8 * i), i + 1);
    }
    const part = h + from * row;
    for (let i = 0; i < from; i += block) subtractProduct(h + i * row, row, part + 8 * i, row, 8, part, row, block, i + block, to - from);
    to = from;
  }
  return -1;
}

/** The inverse of a lower triangular T in its place, with zeros above the diagonal; `spare` has room for 32 rows. */
export function invert(t: usize, size: i32, row: usize, spare: usize): void {
  for (let from = 0; from < size; from += block) {
    const end = min(from + block, size);
    const to = t + from * row;
    memory.copy(spare, to, (end - from) * row);
    memory.fill(to, 0, (end - from) * row);
    // What is right of a row's diagonal is 0: of each column of blocks, only what stands below its first row counts.
    for (let column = 0; column < from; column += block) {
      const above = t + column * row + 8 * column;
      subtractProduct(to + 8 * column, row, spare + 8 * column, 8, row, above, row, end - from, block, from - column);
    }
    for (let i = 0; i < end - from; i++) {
      const given = spare + i * row + 8 * from;
      const inverse = to + i * row;
      store<f64>(inverse + 8 * (from + i), 1);
      for (let k = 0; k < i; k++) subtractScaled(inverse, to + k * row, load<f64>(given + 8 * k), from + k + 1);
      scale(inverse, load<f64>(given + 8 * i), from + i + 1);
    }
  }
}

/** a [size, size] becomes its transpose. */
export function transposeSquare(a: usize, size: i32, row: usize): void {
  for (let fromRow = 0; fromRow < size; fromRow += block)
    for (let fromColumn = 0; fromColumn <= fromRow; fromColumn += block)
      for (let i = fromRow; i < min(fromRow + block, size); i++)
        for (let j = fromColumn; j < min(fromColumn + block, i); j++) {
          const left = a + i * row + 8 * j;
          const right = a + j * row + 8 * i;
          const value = load<f64>(left);
          store<f64>(left, load<f64>(right));
          store<f64>(right, value);
        }
}

/**
 * Snaps one number x of every output to its own grid: codes as int32, (x − x̂) / d as errors. Scales and their inverses are float32, zero points int32.
 * Gives the sum of the errors' squares.
 */
export function snapColumn(
  x: usize,
  count: i32,
  scales: usize,
  inverses: usize,
  zeroPoints: usize,
  qmin: f32,
  qmax: f32,
  d: f64,
  codes: usize,
  errors: usize,
): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const value = load<f64>(x + 8 * i);
    const gridScale = load<f32>(scales + 4 * i);
    const inverse = load<f32>(inverses + 4 * i);
    const zeroPoint = <f32>load<i32>(zeroPoints + 4 * i);
    const steps = inverse === Infinity ? <f32>value / gridScale : <f32>value * inverse;
    const code = min(max(nearest(steps) + zeroPoint, qmin), qmax);
    const error = (value - <f64>(gridScale * (code - zeroPoint))) / d;
    store<i32>(codes + 4 * i, <i32>code);
    store<f64>(errors + 8 * i, error);
    sum += error * error;
  }
  return sum;
}
