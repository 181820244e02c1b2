import {describe, expect, it} from 'vitest';
import {Draw} from './draw.ts';
import {activationsWithOutliers, regularLimit, weightMatrix, withOutlier} from './outliers.ts';

describe('weightMatrix', () => {
  it('gives the same weights for the same seed, others for another', () => {
    const of = (seed: string) => weightMatrix(new Draw(seed), {inputs: 8, outputs: 4});
    expect(of('a')).toEqual(of('a'));
    expect(of('a').data).not.toEqual(of('b').data);
    expect(of('a').shape).toEqual([8, 4]);
  });

  it('has columns of unequal width, of the deviation asked for on average', () => {
    const deviations = columnDeviations(weightMatrix(new Draw('unequal'), {inputs: 2000, outputs: 60, deviation: 0.1, spread: 0.5}));
    const logs = deviations.map(Math.log);
    expect(mean(logs)).toBeCloseTo(Math.log(0.1), 0);
    expect(Math.sqrt(mean(logs.map(log => (log - mean(logs)) ** 2)))).toBeGreaterThan(0.35);
  });

  it('has columns of equal width where no spread is asked for', () => {
    for (const deviation of columnDeviations(weightMatrix(new Draw('equal'), {inputs: 5000, outputs: 4, deviation: 1, spread: 0})))
      expect(deviation).toBeCloseTo(1, 1);
  });

  it('refuses a matrix without inputs', () => {
    expect(() => weightMatrix(new Draw('x'), {inputs: 0, outputs: 2})).toThrow('whole number of inputs above 0, got 0');
  });
});

describe('withOutlier', () => {
  const matrix = weightMatrix(new Draw('copy'), {inputs: 3, outputs: 2});

  it('replaces one element of a copy', () => {
    const changed = withOutlier(matrix, 2, 1, 1000);
    expect(changed.data[5]).toBe(1000);
    expect([...changed.data.subarray(0, 5)]).toEqual([...matrix.data.subarray(0, 5)]);
    expect(matrix.data[5]).not.toBe(1000);
  });

  it('refuses an element that is not there', () => {
    expect(() => withOutlier(matrix, 0, 2, 1)).toThrow('[3, 2], got row 0, column 2');
  });
});

describe('activationsWithOutliers', () => {
  it('has its large values in the columns that it names, in rising order, and nowhere else', () => {
    for (const seed of ['a', 'b', 'c']) {
      const {x, outlierColumns} = activationsWithOutliers(new Draw(seed), {rows: 12, columns: 64, outliers: 3});
      const large = new Set<number>();
      x.data.forEach((value, i) => {
        if (Math.abs(value) >= regularLimit) {
          large.add(i % 64);
          expect(Math.abs(value)).toBeGreaterThanOrEqual(20);
          expect(Math.abs(value)).toBeLessThanOrEqual(60);
        }
      });
      expect([...large].sort((p, q) => p - q)).toEqual([...outlierColumns]);
      expect(outlierColumns).toHaveLength(3);
    }
  });

  it('gives each column one sign, and both signs among columns', () => {
    const {x, outlierColumns} = activationsWithOutliers(new Draw('signs'), {rows: 20, columns: 40, outliers: 12});
    const signs = outlierColumns.map(column => {
      const large = Array.from({length: 20}, (_, row) => x.data[row * 40 + column]!).filter(value => Math.abs(value) >= regularLimit);
      expect(new Set(large.map(Math.sign)).size).toBe(1);
      return Math.sign(large[0]!);
    });
    expect(new Set(signs)).toEqual(new Set([-1, 1]));
  });

  it('has an outlier in a named column even where there is one row', () => {
    for (let seed = 0; seed < 20; seed++) {
      const {x, outlierColumns} = activationsWithOutliers(new Draw(`one/${seed}`), {rows: 1, columns: 8, outliers: 1, magnitude: [7, 9]});
      expect(Math.abs(x.data[outlierColumns[0]!]!)).toBeGreaterThanOrEqual(7);
    }
  });

  it('has none where none are asked for, and refuses more than there are columns', () => {
    expect(activationsWithOutliers(new Draw('none'), {rows: 3, columns: 5, outliers: 0}).outlierColumns).toEqual([]);
    expect(() => activationsWithOutliers(new Draw('x'), {rows: 3, columns: 5, outliers: 6})).toThrow('0 to 5 outlier columns, got 6');
  });
});

function columnDeviations({shape, data}: {readonly shape: readonly number[]; readonly data: ArrayLike<number>}): number[] {
  const [rows, columns] = shape as [number, number];
  return Array.from({length: columns}, (_, column) =>
    Math.sqrt(mean(Array.from({length: rows}, (_, row) => data[row * columns + column]! ** 2))),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
