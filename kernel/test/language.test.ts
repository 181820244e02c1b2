import {describe, expect, it} from 'vitest';
import {claimsOf, whatFails} from './claims.ts';

describe('types, completion and inspection', () => {
  it.each(claimsOf('language_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails('language_tests.py', claim)).toBe('');
    },
    120_000,
  );
});
