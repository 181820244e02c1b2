import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {Pace} from './pace.ts';

const over = Promise.resolve();

beforeEach(() => void vi.useFakeTimers({toFake: ['setTimeout', 'Date']}));
afterEach(() => void vi.useRealTimers());

/** Whether it resolves while the clock stands still. */
async function resolvesNow(work: Promise<void>): Promise<boolean> {
  let resolved = false;
  void work.then(() => (resolved = true));
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
  return resolved;
}

it('what pauses goes on at once when cells have been quiet, however many pause one after another', async () => {
  const pace = new Pace();
  pace.begin(over);
  vi.advanceTimersByTime(30);
  for (let check = 0; check < 3; check++) expect(await resolvesNow(pace.pause())).toBe(true);
});

it('what pauses waits while cells follow one another', async () => {
  const pace = new Pace();
  pace.begin(over);
  const pause = pace.pause();
  expect(await resolvesNow(pause)).toBe(false);
  vi.advanceTimersByTime(20);
  pace.begin(over);
  vi.advanceTimersByTime(20);
  expect(await resolvesNow(pause)).toBe(false);
  vi.advanceTimersByTime(30);
  expect(await resolvesNow(pause)).toBe(true);
});

it('what pauses goes on when somebody waits', async () => {
  const pace = new Pace();
  pace.begin(over);
  const pause = pace.pause();
  expect(await resolvesNow(pause)).toBe(false);
  void pace.hurried(new Promise(() => {}));
  expect(await resolvesNow(pause)).toBe(true);
});

it('what pauses lets him who waited ask further before it goes on', async () => {
  const pace = new Pace();
  await pace.hurried(Promise.resolve());
  const pause = pace.pause();
  expect(await resolvesNow(pause)).toBe(false);
  vi.advanceTimersByTime(30);
  expect(await resolvesNow(pause)).toBe(true);
});
