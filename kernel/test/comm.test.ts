import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

const whatFails = claimsChecker('comm_tests.py');

describe('comms, as jupyter_client sees them', () => {
  it.each(claimsOf('comm_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    120_000,
  );
});
