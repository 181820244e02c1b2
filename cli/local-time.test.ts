import {expect, it} from 'vitest';
import {localTime} from './local-time.ts';

it.each([
  ['2026-12-01T22:59:00.000Z', 'Europe/Berlin', '2026-12-01 23:59'],
  ['2026-07-01T22:30:30.000Z', 'Europe/Berlin', '2026-07-02 00:30'],
  ['2026-12-01T23:59:00.000Z', 'UTC', '2026-12-01 23:59'],
])('%s in %s is %s', (iso, timezone, text) => {
  expect(localTime(iso, timezone)).toBe(text);
});
