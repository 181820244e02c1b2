import {readdirSync, readFileSync} from 'node:fs';

/**
 * Memory of a process and all its descendants, in bytes: its own and what it shares with others; pages of files are not counted.
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

/** Whether more than `limit` threads of a process and all its descendants run, or wait for a processor. */
export function isBusierThan(limit: number, pid: number): boolean {
  const tasks = processTree(pid).flatMap(process => threads(process).map(thread => `/proc/${process}/task/${thread}/stat`));
  if (tasks.length <= limit) return false;
  let busy = 0;
  // `pid (name) state …`, and a name may hold anything.
  for (const task of tasks) if (/\) R [^)]*$/.test(read(task)) && ++busy > limit) return true;
  return false;
}

/** A child belongs to the thread that started it, which need not be the first: a worker of Node starts its own. */
function children(pid: number): number[] {
  return threads(pid).flatMap(thread => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

function residentMemory(pid: number): number {
  // Memory shared between processes is in no data limit: a program of the submission's own could take all of the machine's.
  const lines = read(`/proc/${pid}/status`).matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm);
  return [...lines].reduce((bytes, [, kibibytes]) => bytes + Number(kibibytes) * 1024, 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
