import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {dequantizeBlockWise, nf4, quantizeBlockWise} from '../index.ts';
import {sources} from './binary.ts';
import {forEachPiece, kernels} from './kernels.ts';

test('are compiled from the sources beside them', () => {
  const folder = new URL('assembly/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(new URL(name, folder)));
  expect(sources, 'run quant/kernels/compile.sh').toBe(hash.digest('hex'));
});

test('find the first value that is not finite, wherever it stands', () => {
  for (const length of [1, 5, 16, 16384, 40000])
    for (const bad of [NaN, Infinity, -Infinity]) {
      const values = new Float32Array(length).fill(3.4e38);
      forEachPiece(
        values,
        1,
        () => 0,
        () => {},
      );
      values[length - 1] = bad;
      expect(() =>
        forEachPiece(
          values,
          1,
          () => 0,
          () => {},
        ),
      ).toThrow(`Expected finite values, got ${bad} at ${length - 1}`);
    }
});

test('take values in pieces of whole runs, however long a run is', () => {
  const values = Float32Array.from({length: 100_000}, (_, i) => i);
  for (const run of [1, 48, 16384, 60_000, 200_000]) {
    const seen: number[] = [];
    forEachPiece(
      values,
      run,
      length => 4 * length,
      ({from, length, x}) => {
        expect(from % run).toBe(0);
        seen.push(...new Float32Array(kernels().memory.buffer, x, length));
      },
    );
    expect(seen).toEqual([...values]);
  }
});

test('quantize a block that is longer than a piece as one', () => {
  const values = Float32Array.from({length: 70_001}, (_, i) => Math.sin(i) * (i === 69_999 ? 1 : 0.5));
  const quantized = quantizeBlockWise(values, [70_001], {blockSize: 80_000});
  const absMax = Math.max(...values.map(Math.abs));
  expect([...(quantized.absMax as Float32Array)]).toEqual([absMax]);
  const nearest = (x: number): number => nf4.values.reduce((best, value) => (Math.abs(value - x) < Math.abs(best - x) ? value : best));
  dequantizeBlockWise(quantized).forEach((restored, i) => {
    if (i % 997 === 0) expect(restored).toBeCloseTo(nearest(values[i]! / absMax) * absMax, 6);
  });
});
