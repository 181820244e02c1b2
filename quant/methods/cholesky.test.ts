import {expect, test} from 'vitest';
import {Draw} from '../../data/draw.ts';
import {HessianObserver} from '../index.ts';
import {newKernels, reserve} from '../kernels/kernels.ts';
import {inverseCholesky, rowBytesOf, rowOf} from './cholesky.ts';

// Below, at and beyond the kernels' tiles of 4, blocks of 32 and pieces of 128 and 256.
const sizes = [1, 2, 3, 5, 31, 32, 33, 64, 100, 130, 261];

test.each(sizes)('U is upper triangular and UᵀU is the inverse: %i rows', size => {
  const draw = new Draw(`cholesky ${size}`);
  const factor = Array.from({length: size}, () => Array.from({length: size + 3}, () => draw.normal()));
  const h = factor.map(row => factor.map(other => row.reduce((sum, x, k) => sum + x * other[k]!, 0)));
  const kernels = newKernels();
  const rowBytes = rowBytesOf(size);
  const at = reserve(kernels, (size + 32) * rowBytes);
  h.forEach((row, i) => rowOf(kernels, {at, rowBytes}, i, size).set(row.slice(0, i + 1)));
  inverseCholesky(kernels, {at, rowBytes}, size, at + size * rowBytes);
  const u = h.map((_, i) => [...rowOf(kernels, {at, rowBytes}, i, size)]);
  u.forEach((row, i) => expect(row.slice(0, i).every(value => value === 0)).toBe(true));
  // UᵀU·H = 1: row i of UᵀU needs the first i rows of U.
  for (const i of new Set([0, size >> 1, size - 1])) {
    const inverse = h.map((_, j) => u.reduce((sum, row) => sum + row[i]! * row[j]!, 0));
    h.forEach((_, j) => {
      const product = inverse.reduce((sum, x, k) => sum + x * h[k]![j]!, 0);
      expect(product).toBeCloseTo(i === j ? 1 : 0, 5);
    });
  }
});

test.each(sizes)('the Hessian is 2/n · Σ x·xᵀ of all that was observed, in float64: %i inputs', inputs => {
  const draw = new Draw(`hessian ${inputs}`);
  const observer = new HessianObserver(inputs);
  const seen = [1, 4, 140].map(rows => Array.from({length: rows}, () => Array.from({length: inputs}, () => 1000 + draw.normal())));
  for (const rows of seen) observer.observe(rows.flat());
  const rows = seen.flat();
  const {data} = observer.hessian();
  for (const i of new Set([0, inputs >> 1, inputs - 1]))
    for (let j = 0; j < inputs; j++) {
      const expected = (2 / rows.length) * rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
      expect(data[i * inputs + j]! / expected).toBeCloseTo(1, 13);
      expect(data[j * inputs + i]).toBe(data[i * inputs + j]);
    }
});
