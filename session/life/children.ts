import {readdirSync, readFileSync} from 'node:fs';
import {uptime} from 'node:os';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Of processes: one started with `detached` has its own. */
  readonly group: number;
  /** As `now` tells the time. Ids begin again some time: this says which is the newest. Infinity where the system does not tell. */
  readonly began: number;
}

/** Hundredths of a second since the machine's start. */
export const now = (): number => Math.floor(100 * uptime());

/** Signals the child that was started last, and what it started itself, as Ctrl-C does in a terminal; not one that began before `since`. */
export function signalNewestChild(signal: NodeJS.Signals, since: number): void {
  const all = processes();
  const childrenOf = (pid: number): Process[] => all.filter(({parent}) => parent === pid);
  const signalTree = (pid: number): void => {
    const children = childrenOf(pid);
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended.
    }
    for (const child of children) signalTree(child.pid);
  };
  const newest = newestOf(childrenOf(process.pid).filter(({began}) => began >= since));
  if (newest) signalTree(newest.pid);
}

/** Signals all that this process started; not what has a group of its own, which is to live on. Gives how many there were. */
export function signalChildren(signal: NodeJS.Signals): number {
  const all = processes();
  const group = all.find(({pid}) => pid === process.pid)?.group;
  const ours = new Set([process.pid]);
  // A child may have a smaller id than its parent: again until no more are found.
  for (let size = 0; size < ours.size;) {
    size = ours.size;
    for (const each of all) if (each.group === group && ours.has(each.parent)) ours.add(each.pid);
  }
  ours.delete(process.pid);
  for (const pid of ours) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended.
    }
  }
  return ours.size;
}

/** Of those that began in the same hundredth of a second, the one with the largest id. */
export function newestOf(processes: readonly Process[]): Process | undefined {
  return processes.toSorted((a, b) => (a.began === b.began ? b.pid - a.pid : b.began - a.began))[0];
}

/** Every process; none where the system does not tell. */
function processes(): Process[] {
  try {
    if (process.platform === 'linux') return readdirSync('/proc').flatMap(processOf);
    // Loaded where it is needed: it brings much along, and every session starts with this file.
    const {execFileSync} = process.getBuiltinModule('node:child_process');
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
    return table
      .trim()
      .split('\n')
      .map(line => {
        const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
        return {pid: pid!, parent: parent!, group: group!, began: Infinity};
      });
  } catch {
    return [];
  }
}

function processOf(name: string): Process[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    // pid (name) state ppid pgrp …, the twentieth of them when it began: the name may contain anything.
    const fields = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return [{pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]), began: Number(fields[19])}];
  } catch {
    return [];
  }
}
