import {readdirSync, readFileSync} from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Ids begin again some time: where the system tells when a process began, that says which is the newest. */
  readonly began: number;
}

/** Signals the child that was started last, and what it started itself, as Ctrl-C does in a terminal. */
export function signalNewestChild(signal: NodeJS.Signals): void {
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
  const newest = newestOf(childrenOf(process.pid));
  if (newest) signalTree(newest.pid);
}

/** Of those that began in the same hundredth of a second, the one with the largest id. */
export function newestOf(processes: readonly Process[]): Process | undefined {
  return processes.toSorted((a, b) => b.began - a.began || b.pid - a.pid)[0];
}

/** Every process; none where the system does not tell. */
function processes(): Process[] {
  try {
    if (process.platform === 'linux') return readdirSync('/proc').flatMap(processOf);
    // Loaded where it is needed: it brings much along, and every session starts with this file.
    const {execFileSync} = process.getBuiltinModule('node:child_process');
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
    return table
      .trim()
      .split('\n')
      .map(line => {
        const [pid, parent] = line.trim().split(/\s+/).map(Number);
        return {pid: pid!, parent: parent!, began: 0};
      });
  } catch {
    return [];
  }
}

function processOf(name: string): Process[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    // pid (name) state ppid …, the twentieth of them when it began: the name may contain anything.
    const fields = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return [{pid: Number(name), parent: Number(fields[1]), began: Number(fields[19])}];
  } catch {
    return [];
  }
}
