import {readFileSync} from 'node:fs';

/**
 * Resident memory of a process and all its descendants, in bytes; shared pages of files are not counted.
 * A sandbox's processes are all below its first one, which adopts orphans.
 */
export function treeMemory(pid: number): number {
  let bytes = 0;
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    bytes += residentMemory(next);
    pending.push(...children(next));
  }
  return bytes;
}

/** The process ids of a process and all its descendants. */
export function processTree(pid: number): number[] {
  return [pid, ...children(pid).flatMap(processTree)];
}

function children(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

const pageBytes = 4096;

function residentMemory(pid: number): number {
  // statm: size resident shared …, in pages. `shared` holds file pages and shared memory; sized mounts bound the latter.
  const [, resident, shared] = read(`/proc/${pid}/statm`).split(' ').map(Number);
  return ((resident ?? 0) - (shared ?? 0)) * pageBytes;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
