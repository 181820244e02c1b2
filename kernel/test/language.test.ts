import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

const whatFails = claimsChecker('language_tests.py');

describe('types, completion and inspection', () => {
  it.each(claimsOf('language_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    120_000,
  );
});
