import {expect, it} from 'vitest';
import {runPython} from './python.ts';

it('passes jupyter_kernel_test with nothing skipped', async () => {
  const {code, stderr} = await runPython('jupyter_suite.py');
  expect(stderr).toContain('Ran 13 tests');
  expect(stderr).not.toMatch(/skipped|FAIL|ERROR/);
  expect(code).toBe(0);
}, 180_000);
