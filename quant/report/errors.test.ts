import {expect, test} from 'vitest';
import {ErrorMeasure, measureErrors} from '../index.ts';

test('is checked by hand', () => {
  const {maxAbsError, meanAbsError, relativeError, sqnrDb, cosine, count} = measureErrors([3, -4, 0], [3, -3, 1]);
  expect({maxAbsError, meanAbsError, count}).toEqual({maxAbsError: 1, meanAbsError: 2 / 3, count: 3});
  expect(relativeError).toBeCloseTo(Math.SQRT2 / 5, 12);
  expect(sqnrDb).toBeCloseTo(10 * Math.log10(25 / 2), 12);
  expect(cosine).toBeCloseTo(21 / (5 * Math.sqrt(19)), 12);
});

test('is the same in pieces', () => {
  const pieces = new ErrorMeasure();
  pieces.add([3], [3]);
  pieces.add([-4, 0], [-3, 1]);
  expect(pieces).toEqual(measureErrors([3, -4, 0], [3, -3, 1]));
});

test('finds no error where values are equal, infinities too, and never hides NaN', () => {
  expect(measureErrors([0, Infinity], [0, Infinity])).toMatchObject({maxAbsError: 0, relativeError: 0, sqnrDb: Infinity, cosine: 1});
  expect(measureErrors([1, 2], [1, NaN]).maxAbsError).toBeNaN();
});

test('sees a wrong scale, which cosine does not', () => {
  const {cosine, relativeError} = measureErrors([1, 2, 3], [2, 4, 6]);
  expect([cosine, relativeError]).toEqual([1, 1]);
});

test('refuses what cannot be compared', () => {
  expect(() => measureErrors([1], [1, 2])).toThrow("Expected as many values as the reference's 1, got 2");
  expect(() => measureErrors([], [])).toThrow('Expected at least one value to measure, got none');
});
