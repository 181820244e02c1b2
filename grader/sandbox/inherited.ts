import {openSync, readdirSync, readFileSync} from 'node:fs';

/** Of linux/fcntl.h: a descriptor that a new program does not get. */
const closeOnExec = 0o2000000;
let nothing: number | undefined;

/**
 * Descriptors from `first` on that whoever started this process left open, and that every program which it starts would get: a script's lock file,
 * say, open for writing. Node itself leaves none open. In order; none where the system does not say.
 */
export function inheritedDescriptors(first: number): number[] {
  return listed('/proc/self/fd')
    .map(Number)
    .filter(descriptor => descriptor >= first && isInherited(descriptor))
    .sort((a, b) => a - b);
}

/** What a child's `stdio` needs behind `given` so that it gets nothing of what was inherited. */
export function withoutInherited<T>(given: readonly T[]): (T | 'ignore' | number)[] {
  const stdio: (T | 'ignore' | number)[] = [...given];
  for (const descriptor of inheritedDescriptors(given.length)) {
    while (stdio.length < descriptor) stdio.push('ignore'); // leaves what is not open as it is
    stdio.push((nothing ??= openSync('/dev/null', 'r')));
  }
  return stdio;
}

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    return false; // it has been closed
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
