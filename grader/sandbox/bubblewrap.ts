import {spawn} from 'node:child_process';
import {findProgram} from './programs.ts';
import {systemCallFilter} from './system-calls.ts';

export interface SandboxLimits {
  /** Private memory of one process. */
  readonly memoryMiB: number;
  /** Processor seconds of one process. */
  readonly cpuSeconds: number;
}

export interface Mount {
  /** On this machine. */
  readonly from: string;
  /** In the sandbox; read-only. */
  readonly to: string;
}

/** Where things stand inside. */
export const inside = {runtime: '/snapgrid', home: '/tmp', sharedMemory: '/dev/shm'} as const;

/** The descriptor on which bubblewrap reads its system-call filter; it closes this one and the next two before the program starts. */
export const filterDescriptor = 6;
/** Bubblewrap says on it which process it started, and starts nothing in it before a byte came on the other. */
export const infoDescriptor = 7;
export const blockDescriptor = 8;

/** Sizes of /dev/shm and /tmp. */
export const sharedMemoryMiB = 16;
export const homeMiB = 64;

/** What to do about what `probeBubblewrap` found. */
export function howToGetBubblewrap(problem: string): string {
  if (/source path.*Permission denied/.test(problem)) return howToRead;
  return /is (not installed|too old)/.test(problem) ? howToInstall : howToAllow;
}

const howToRead =
  "Root's sandboxes run under users without rights, who must be able to read that path: install Node and the project where everybody can read them (/usr/local, /opt), or grade as the user who owns them.";

const howToAllow = 'npx snapgrid doctor says how to allow it; or run code that nobody checked with your own rights: --isolation process.';

const howToInstall =
  'Install bubblewrap 0.8 or later (Debian, Ubuntu: sudo apt-get install bubblewrap · Fedora: sudo dnf install bubblewrap · Arch: sudo pacman -S bubblewrap), ' +
  'or run code that nobody checked with your own rights: --isolation process.';

/**
 * Returns bubblewrap's arguments up to and including the program's own: no network, no files but the mounts, process and user names of its own,
 * / and /dev read-only (both would otherwise take memory outside every limit), /tmp and /dev/shm sized. `waits`: it starts the program when it is told to.
 */
export function bubblewrapArguments(
  mounts: readonly Mount[],
  limits: SandboxLimits,
  environment: Readonly<Record<string, string>>,
  program: readonly string[],
  waits = false,
): string[] {
  return [
    '--unshare-all',
    '--unshare-user',
    '--disable-userns',
    '--cap-drop',
    'ALL',
    '--new-session',
    '--die-with-parent',
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...mounts.flatMap(({from, to}) => ['--ro-bind', from, to]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--size',
    `${sharedMemoryMiB * 2 ** 20}`,
    '--tmpfs',
    inside.sharedMemory,
    '--remount-ro',
    '/dev',
    '--size',
    `${homeMiB * 2 ** 20}`,
    '--tmpfs',
    inside.home,
    '--chdir',
    inside.home,
    '--remount-ro',
    '/',
    ...(systemCallFilter(process.arch) ? ['--seccomp', `${filterDescriptor}`] : []),
    ...(waits ? ['--info-fd', `${infoDescriptor}`, '--block-fd', `${blockDescriptor}`] : []),
    '--',
    '/usr/bin/prlimit',
    `--data=${(limits.memoryMiB + codeRangesMiB) * 2 ** 20}`,
    '--nproc=64',
    `--fsize=${50 * 10 ** 6}`,
    '--nofile=256',
    '--core=0',
    // The first ends it by a signal that says why; the second ends what does not heed that.
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 2}`,
    '--',
    ...program,
  ];
}

/**
 * From Node 24 on V8 reserves 512 MiB of addresses for the code of each thread; the data limit counts them, used or not.
 * Room for the session's two threads and one of the learner's: what is really used is watched.
 */
const codeRangesMiB = Number.parseInt(process.versions.node, 10) >= 24 ? 3 * 512 : 0;

/**
 * Finds out whether bubblewrap works here, by running it: it may be missing, or the kernel may forbid user namespaces.
 * Returns what is wrong, or undefined.
 */
export async function probeBubblewrap(mounts: readonly Mount[], identity: Identity): Promise<string | undefined> {
  const bwrap = findProgram('bwrap');
  if (!bwrap) return 'bubblewrap (the program bwrap) is not installed';
  const run = bubblewrapArguments(mounts, {memoryMiB: 1000, cpuSeconds: 10}, {}, [nodeInside, '-e', '0']).filter(
    (_, i, all) => all[i] !== '--seccomp' && all[i - 1] !== '--seccomp',
  );
  return new Promise(resolve => {
    const child = spawn(bwrap, run, {stdio: ['ignore', 'ignore', 'pipe'], env: {}, ...identity});
    let said = '';
    child.stderr!.on('data', chunk => (said += chunk));
    child.on('error', error => resolve(`bubblewrap could not be started: ${error.message}`));
    child.on('close', code => {
      if (code === 0) return resolve(undefined);
      const words = said.trim() || `it ended with code ${code}`;
      resolve(/unknown option/i.test(said) ? `bubblewrap is too old: ${words}` : `bubblewrap could not make a sandbox: ${words}`);
    });
  });
}

export const nodeInside = '/usr/bin/node';

/** Whose rights bubblewrap is started with. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

const firstUid = 54_321;
let uids = 0;

/**
 * Started by root, the inside could remount the host's files writable: root starts every sandbox under an unprivileged user of its own,
 * so that two sandboxes share no per-user quota of the kernel either.
 */
export function nextIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const uid = firstUid + (uids++ % 64);
  return {uid, gid: uid};
}
