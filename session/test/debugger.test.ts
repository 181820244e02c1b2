import {afterAll, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

afterAll(stopAll);

it('a session whose host asked for no debugger, as the grader, has no way into it', async () => {
  const session = new TestSession();
  expect(await session.text('typeof (globalThis as any).__snapgrid__.debugging')).toBe("'undefined'");
  expect(await session.text('Object.keys((globalThis as any).__snapgrid__).includes("debugging")')).toBe('false');
});
