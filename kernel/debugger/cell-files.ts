import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {murmur2} from './murmur2.ts';

/**
 * Front ends know a cell by a path that they make of its text. No file is written there: `source` gives the text.
 * The prefix is this kernel's own, by which a front end sees that another kernel knows nothing of what it told the one before.
 */
export const hashSeed = 0x5a17;
export const tmpFilePrefix = join(tmpdir(), `snapgrid-cells-${process.pid}`, '/');
export const tmpFileSuffix = '.ts';

export function cellPath(code: string): string {
  return `${tmpFilePrefix}${murmur2(code, hashSeed)}${tmpFileSuffix}`;
}

/** What ends the URL of every run of the cell with this path; nothing for another file. */
export function cellKey(path: string): string | undefined {
  if (!path.startsWith(tmpFilePrefix) || !path.endsWith(tmpFileSuffix)) return undefined;
  const key = path.slice(tmpFilePrefix.length, -tmpFileSuffix.length);
  return /^\d+$/.test(key) ? key : undefined;
}
