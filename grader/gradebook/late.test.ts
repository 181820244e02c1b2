import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {lateness} from './late.ts';

const policy = {timezone: 'UTC', late: {perDay: 0.1, graceMinutes: 15, cutoffMinutes: 3 * 24 * 60}};
const due = '2026-12-01T12:00:00.000Z';

describe('lateness', () => {
  it.each([
    ['2026-11-30T00:00:00.000Z', 0, 0, false],
    ['2026-12-01T12:00:00.000Z', 0, 0, false],
    ['2026-12-01T12:15:00.000Z', 0, 0, false], // the grace's last moment
    ['2026-12-01T12:15:01.000Z', 1, 0.1, false],
    ['2026-12-02T12:00:00.000Z', 1, 0.1, false],
    ['2026-12-02T12:00:01.000Z', 2, 0.2, false],
    ['2026-12-04T12:00:00.000Z', 3, 0.3, false],
    ['2026-12-04T12:00:01.000Z', 4, 1, true],
  ])('of %s is %d days, a penalty of %d, after the cutoff: %s', (at, daysLate, penalty, afterCutoff) => {
    expect(lateness(at, due, policy)).toEqual({daysLate, penalty, afterCutoff});
  });

  it('counts days of the time zone: one of 25 hours is one day', () => {
    const berlin = {...policy, timezone: 'Europe/Berlin'};
    // Due at 23:59 in Berlin on 24 October 2026; clocks go back in the night that follows.
    expect(lateness('2026-10-25T22:58:00.000Z', '2026-10-24T21:59:00.000Z', berlin).daysLate).toBe(1);
    expect(lateness('2026-10-25T22:58:00.000Z', '2026-10-24T21:59:00.000Z', policy).daysLate).toBe(2);
  });

  it('never takes more than everything, and never less for being later', () => {
    fc.assert(
      fc.property(fc.nat(20 * 24 * 3600), fc.nat(20 * 24 * 3600), fc.double({min: 0, max: 1, noNaN: true}), (a, b, perDay) => {
        const at = (seconds: number): string => new Date(Date.parse(due) + seconds * 1000).toISOString();
        const [early, later] = [Math.min(a, b), Math.max(a, b)].map(
          s => lateness(at(s), due, {timezone: 'UTC', late: {perDay, graceMinutes: 0}}).penalty,
        );
        expect(early).toBeLessThanOrEqual(later!);
        expect(later).toBeLessThanOrEqual(1);
      }),
    );
  });
});
