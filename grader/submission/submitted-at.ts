import {lstat, readFile} from 'node:fs/promises';
import {Temporal} from 'temporal-polyfill';
import type {SubmittedFrom} from '../gradebook/schema.ts';

/** When a submission was handed in, and what says so. */
export interface SubmittedAt {
  /** ISO 8601, in UTC; null where the file is gone. */
  readonly at: string | null;
  readonly from: SubmittedFrom | null;
  /** What was odd about it. */
  readonly warnings: readonly string[];
}

/** What nbgrader's `timestamp` file says, else the file's own time, in whole seconds. */
export async function submittedAt(path: string, timestamp?: string): Promise<SubmittedAt> {
  const warnings: string[] = [];
  const noted = timestamp === undefined ? undefined : await readTimestamp(timestamp);
  if (noted !== undefined) {
    const at = parseTimestamp(noted);
    if (at !== undefined) return {at, from: 'timestamp.txt', warnings};
    warnings.push(
      `timestamp.txt holds ${JSON.stringify(noted.slice(0, 60))}, expected such as "2026-12-01 23:59:00 UTC"; the file's own time was taken.`,
    );
  }
  const info = await lstat(path).catch(() => undefined);
  if (!info) return {at: null, from: null, warnings};
  const seconds = Math.max(0, Math.floor(info.mtimeMs / 1000));
  return {at: new Date(Math.min(seconds, lastSecond) * 1000).toISOString(), from: 'file time', warnings};
}

/** Of the year 9999: a file may claim any time. */
const lastSecond = 253_402_300_799;

async function readTimestamp(path: string): Promise<string | undefined> {
  const info = await lstat(path).catch(() => undefined);
  if (!info?.isFile() || info.size > 1000) return undefined;
  return (await readFile(path, 'utf8')).trim();
}

/** `2026-12-01 23:59:00.123456 Europe/Berlin`, with an offset, `UTC` or nothing, which is UTC, too → ISO 8601 in UTC; undefined for what is none. */
export function parseTimestamp(text: string): string | undefined {
  const [, date, time, zone = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(\S*)$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  try {
    const local = Temporal.PlainDateTime.from(`${date}T${time}`, {overflow: 'reject'});
    const instant = /^[+-]\d\d:?\d\d$/.test(zone)
      ? Temporal.Instant.from(`${local.toString()}${zone}`)
      : local.toZonedDateTime(/^(|Z|GMT)$/i.test(zone) ? 'UTC' : zone).toInstant();
    return new Date(instant.epochMilliseconds).toISOString();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
