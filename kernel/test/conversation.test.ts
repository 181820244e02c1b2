import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

describe.each(['stdin_tests.py', 'subshell_tests.py', 'history_tests.py', 'schema_tests.py', 'payload_tests.py'])('%s', script => {
  const whatFails = claimsChecker(script);

  it.each(claimsOf(script))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    120_000,
  );
});
