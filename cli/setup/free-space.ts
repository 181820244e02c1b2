import {existsSync, statfsSync} from 'node:fs';
import {dirname} from 'node:path';
import {CannotSetUp} from './step.ts';

export interface NeededSpace {
  readonly what: string;
  /** It need not exist yet. */
  readonly folder: string;
  readonly megabytes: number;
}

/** Says at once what would otherwise end in the middle of a download. @throws CannotSetUp with what is needed, what is there and where */
export function requireSpace({what, folder, megabytes}: NeededSpace): void {
  const {bavail, bsize, blocks} = statfsSync(existing(folder));
  const free = Math.floor((bavail * bsize) / 1e6);
  // Some network file systems tell no sizes.
  if (blocks === 0 || free >= megabytes) return;
  throw new CannotSetUp(
    `Expected ${megabytes} MB of disk space for ${what} in ${folder}, got ${free} MB. Free some, or clone to a larger disk, then run the same command again.`,
  );
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
