import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

const whatFails = claimsChecker('widget_tests.py');

describe('widgets, as a page of Jupyter sees them', () => {
  it.each(claimsOf('widget_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    120_000,
  );
});
