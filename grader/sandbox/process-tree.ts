import {readdirSync, readFileSync} from 'node:fs';

/** A process and all its descendants, at one moment. */
export interface ProcessTree {
  /** Their ids; that of the outermost first. */
  readonly processes: readonly number[];
  /** Where /proc tells of their threads. */
  readonly threads: readonly string[];
}

/** A sandbox's processes are all below its first one, which adopts orphans. */
export function readTree(pid: number): ProcessTree {
  const processes: number[] = [];
  const all: string[] = [];
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    processes.push(next);
    for (const thread of threads(next)) {
      const folder = `/proc/${next}/task/${thread}`;
      all.push(folder);
      // A child belongs to the thread that started it, which need not be the first: a worker of Node starts its own.
      pending.push(...read(`${folder}/children`).split(' ').filter(Boolean).map(Number));
    }
  }
  return {processes, threads: all};
}

/** The process ids of a process and all its descendants. */
export function processTree(pid: number): readonly number[] {
  return readTree(pid).processes;
}

/** Memory of all of them in bytes: their own and what they share with others; pages of files are not counted. */
export function treeMemory({processes}: ProcessTree): number {
  return processes.reduce((bytes, pid) => bytes + residentMemory(pid), 0);
}

/** Whether more than `limit` of their threads run, or wait for a processor. */
export function isBusierThan(limit: number, {threads}: ProcessTree): boolean {
  if (threads.length <= limit) return false;
  let busy = 0;
  // `pid (name) state …`, and a name may hold anything.
  for (const folder of threads) if (/\) R [^)]*$/.test(read(`${folder}/stat`)) && ++busy > limit) return true;
  return false;
}

/** Processor seconds that they used since they began, with those of children that have ended and were waited for. */
export function processorSeconds({processes}: ProcessTree): number {
  const ticksPerSecond = 100; // what /proc counts in, on every Linux
  const ticks = processes.reduce((sum, pid) => {
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = read(`/proc/${pid}/stat`)
      .split(') ')
      .at(-1)!
      .split(' ')
      .slice(11, 15)
      .map(Number);
    return sum + utime + stime + cutime + cstime;
  }, 0);
  return ticks / ticksPerSecond;
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
