import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

const whatFails = claimsChecker('endurance_tests.py');

describe('spoken to by jupyter_client, the kernel', () => {
  it.each(claimsOf('endurance_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    900_000,
  );
});
