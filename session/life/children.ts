import {readdirSync, readFileSync} from 'node:fs';

/** Signals the child that was started last, and what it started itself, as Ctrl-C does in a terminal. */
export function signalNewestChild(signal: NodeJS.Signals): void {
  const parents = parentsByPid();
  const childrenOf = (pid: number): number[] => [...parents].flatMap(([child, parent]) => (parent === pid ? [child] : []));
  const signalTree = (pid: number): void => {
    const children = childrenOf(pid);
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended.
    }
    children.forEach(signalTree);
  };
  const newest = Math.max(0, ...childrenOf(process.pid));
  if (newest) signalTree(newest);
}

/** Every process and its parent; empty where the system does not tell. */
function parentsByPid(): Map<number, number> {
  try {
    if (process.platform === 'linux') return new Map(readdirSync('/proc').flatMap(parentOf));
    // Loaded where it is needed: it brings much along, and every session starts with this file.
    const {execFileSync} = process.getBuiltinModule('node:child_process');
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
    return new Map(table.split('\n').flatMap(line => pair(line.trim().split(/\s+/))));
  } catch {
    return new Map();
  }
}

function parentOf(pid: string): [number, number][] {
  if (!/^\d+$/.test(pid)) return [];
  try {
    // pid (name) state ppid: the name may contain anything.
    const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return pair([pid, ppid]);
  } catch {
    return [];
  }
}

function pair([pid, ppid]: readonly (string | undefined)[]): [number, number][] {
  return pid && ppid ? [[Number(pid), Number(ppid)]] : [];
}
