import {describe, expect, it} from 'vitest';
import {claimsOf, whatFails} from './claims.ts';

describe('spoken to by jupyter_client, the kernel', () => {
  it.each(claimsOf('protocol_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails('protocol_tests.py', claim)).toBe('');
    },
    120_000,
  );
});
