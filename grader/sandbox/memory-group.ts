import {existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** The kernel's own bound on the memory of all processes of one sandbox together, what they keep in files of /tmp and /dev/shm included. */
export interface MemoryGroup {
  /** Processes that are started from then on by those in the group are in it, too. */
  add(pid: number): void;
  /** Whether the kernel ended one of its processes because there was no room. */
  ranOut(): boolean;
  /** Once its processes have ended. */
  remove(): Promise<void>;
}

/** The files of a control group, version 2 or 1 (linux/Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst). */
interface Version {
  readonly mount: string;
  /** Of the line in /proc/self/cgroup. */
  readonly line: RegExp;
  readonly limit: string;
  readonly kills: string;
}

const versions: readonly Version[] = [
  {mount: '/sys/fs/cgroup', line: /^0::(.*)$/m, limit: 'memory.max', kills: 'memory.events'},
  {
    mount: '/sys/fs/cgroup/memory',
    line: /^\d+:memory:(.*)$/m,
    limit: 'memory.limit_in_bytes',
    kills: 'memory.oom_control',
  },
];

interface Parent {
  readonly folder: string;
  readonly version: Version;
}

/** Once it was looked for. */
let looked: {readonly parent: Parent | undefined} | undefined;
let groups = 0;

/** Makes a group of at most `bytes`; undefined where this machine lets the grader make none. */
export function makeMemoryGroup(bytes: number): MemoryGroup | undefined {
  const parent = parentOfGroups();
  return parent && groupIn(parent.folder, parent.version, bytes);
}

export function canMakeMemoryGroups(): boolean {
  return parentOfGroups() !== undefined;
}

function parentOfGroups(): Parent | undefined {
  looked ??= {parent: findParent()};
  return looked.parent;
}

function groupIn(parentFolder: string, {limit, kills}: Version, bytes: number): MemoryGroup | undefined {
  const folder = join(parentFolder, `snapgrid-${process.pid}-${groups++}`);
  try {
    mkdirSync(folder);
    // Not made where it is missing: then this is an ordinary folder, or one without a limit of memory.
    writeFileSync(join(folder, limit), `${bytes}`, {flag: 'r+'});
  } catch {
    removeNow(folder);
    return undefined;
  }
  return {
    add(pid) {
      try {
        writeFileSync(join(folder, 'cgroup.procs'), `${pid}`, {flag: 'r+'});
      } catch {
        // It has ended.
      }
    },
    ranOut: () => /^oom_kill [1-9]/m.test(readText(join(folder, kills))),
    async remove() {
      // The kernel takes a moment to let go of what has ended.
      for (let attempt = 0; attempt < 100 && !removeNow(folder); attempt++) await sleep(20);
    },
  };
}

/** The nearest folder, from this process's own upwards, in which groups with a limit of memory can be made. */
function findParent(): Parent | undefined {
  if (process.platform !== 'linux') return undefined;
  const own = readText('/proc/self/cgroup');
  for (const version of versions) {
    const path = version.line.exec(own)?.[1];
    if (path === undefined) continue;
    const names = path.split('/').filter(Boolean);
    for (let depth = names.length; depth >= 0; depth--) {
      const folder = join(version.mount, ...names.slice(0, depth));
      removeAbandoned(folder);
      const probe = groupIn(folder, version, 2 ** 30);
      if (!probe) continue;
      void probe.remove();
      return {folder, version};
    }
  }
  return undefined;
}

/** A grader that was killed leaves its groups. */
function removeAbandoned(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /^snapgrid-(\d+)-\d+$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeNow(join(folder, name));
  }
}

function removeNow(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
