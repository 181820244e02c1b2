import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

const whatFails = claimsChecker('interrupt_tests.py');

describe('spoken to by jupyter_client, the kernel', () => {
  it.each(claimsOf('interrupt_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    120_000,
  );
});
