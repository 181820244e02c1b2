import {describe, expect, it} from 'vitest';
import {claimsChecker, claimsOf} from './claims.ts';

const whatFails = claimsChecker('debugger_tests.py');

describe('spoken to as JupyterLab does, the debugger', () => {
  it.each(claimsOf('debugger_tests.py'))(
    '%s',
    async claim => {
      expect(await whatFails(claim)).toBe('');
    },
    120_000,
  );
});
