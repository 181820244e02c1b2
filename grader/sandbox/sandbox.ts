import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import type {SessionStreams} from '../../session/wire/connection.ts';
import {codeCaching} from '../../backend/code-caching.ts';
import type {SessionOptions} from '../../session/wire/options.ts';
import {
  blockDescriptor,
  bubblewrapArguments,
  homeMiB,
  infoDescriptor,
  inside,
  nextIdentity,
  nodeInside,
  type SandboxLimits,
  sharedMemoryMiB,
} from './bubblewrap.ts';
import {filesHeld} from './files-held.ts';
import {withoutInherited} from './inherited.ts';
import {makeMemoryGroup, type MemoryGroup} from './memory-group.ts';
import {findProgram} from './programs.ts';
import {isBusierThan, processorSeconds, processTree, type ProcessTree, readTree, treeMemory} from './process-tree.ts';
import {plainProgram} from './bundle.ts';
import {codeCache, type Runtime} from './runtime.ts';
import {systemCallFilter} from './system-calls.ts';
import {sessionArguments} from './warm-up.ts';

/** How sandboxes of one lesson are made. */
export interface SandboxPlan {
  /** `process` runs without any walls, with the rights of whoever grades. */
  readonly isolation: 'bubblewrap' | 'process';
  readonly runtime: Runtime;
  readonly session: Omit<SessionOptions, 'folder' | 'display'>;
  /** Loaded before a submission is waited for: the package that gives tensors. */
  readonly preload: string;
  readonly limits: SandboxLimits;
}

export interface Sandbox {
  readonly streams: SessionStreams;
  /** Ends all of its processes. */
  kill(): void;
  readonly ended: Promise<SandboxEnd>;
  /** Whether its processes hold so much that garbage collection alone keeps them busy. */
  nearMemoryLimit(): boolean;
  /** How many of its processes are alive. */
  processes(): number;
}

export interface SandboxEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr. */
  readonly lastWords: string;
  readonly outOfMemory: boolean;
  /** It kept so many threads busy for a while that others would have waited for the processors. */
  readonly tooBusy: boolean;
  /** A signal of this machine ended it, neither the grader nor what ran inside: that cannot reach its outermost process. */
  readonly struck: boolean;
}

const memoryWatchMs = 100;
/**
 * A session has one thread that computes, and a few that help it for moments. So many at once are no lesson's code, once they have used that much:
 * fifty programs that start and then wait use half of it, on a slow machine as on a fast one.
 */
const busyThreads = 12;
const busyProcessorSeconds = 3;
/** In /tmp and /dev/shm together: they take the kernel's memory, empty or not. */
const mostFiles = 50_000;
const lastWordsBytes = 4096;

/** Starts a session in a sandbox of its own. */
export function startSandbox(plan: SandboxPlan): Sandbox {
  const group = plan.isolation === 'bubblewrap' ? makeMemoryGroup(groupBytes(plan.limits)) : undefined;
  const child = plan.isolation === 'bubblewrap' ? startBubblewrap(plan, group) : startPlain(plan);
  let lastWords = '';
  let outOfMemory = false;
  let killed = false;
  let tooBusy = false;
  /** What its processes had used when they began to be so many. */
  let usedBefore: number | undefined;
  child.stderr!.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString('utf8')).slice(-lastWordsBytes)));
  // The data limit is per process: what several take together is watched, and the kernel bounds it where it lets the grader ask for that.
  const limitBytes = plan.limits.memoryMiB * 2 ** 20;
  const watch = setInterval(() => {
    if (child.pid === undefined) return;
    const tree = readTree(child.pid);
    outOfMemory ||= treeMemory(tree) > limitBytes || holdsTooManyFiles(tree);
    if (isBusierThan(busyThreads, tree)) {
      const used = processorSeconds(tree);
      tooBusy ||= used - (usedBefore ??= used) > busyProcessorSeconds;
    } else usedBefore = undefined;
    if (outOfMemory || tooBusy) kill();
  }, memoryWatchMs);
  watch.unref();
  const kill = (): void => {
    killed = true;
    killTree(child);
  };
  const ended = new Promise<SandboxEnd>(resolve => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearInterval(watch);
      outOfMemory ||= group?.ranOut() ?? false;
      const struck = plan.isolation === 'bubblewrap' && signal !== null && !killed && !outOfMemory;
      kill();
      void group?.remove();
      resolve({code, signal, lastWords, outOfMemory: outOfMemory || heapAbort.test(lastWords), tooBusy, struck});
    };
    child.on('error', error => {
      lastWords += error.message;
      settle(null, null);
    });
    child.on('exit', settle);
  });
  for (const stream of child.stdio) stream?.on('error', () => undefined); // its end is told by `ended`
  const [, stdout, stderr, requests, control, events] = child.stdio as unknown as [null, Readable, Readable, Writable, Writable, Readable];
  const nearMemoryLimit = (): boolean => child.pid !== undefined && treeMemory(readTree(child.pid)) > limitBytes / 2;
  return {
    nearMemoryLimit,
    streams: {stdout, stderr, requests, control, events},
    kill,
    ended,
    processes: () => (child.pid === undefined ? 0 : alive(child.pid)),
  };
}

/** What runs inside sees its own folders; its outermost process does not. */
function holdsTooManyFiles({processes: [, inner]}: ProcessTree): boolean {
  if (inner === undefined) return false;
  const held = filesHeld(inner, inside.home, homeMiB * 2 ** 20) + filesHeld(inner, inside.sharedMemory, sharedMemoryMiB * 2 ** 20);
  return held > mostFiles;
}

const heapAbort =
  /JavaScript heap out of memory|Fatal process out of memory|Reached heap limit|Failed to reserve|CodeRange setup|std::bad_alloc|memory allocation of \d+ bytes failed/i;

/** Above what the watch allows: an ordinary error, or the watch, comes first and says more. */
function groupBytes({memoryMiB}: SandboxLimits): number {
  return (memoryMiB + homeMiB + sharedMemoryMiB + 64) * 2 ** 20;
}

const streams = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'] as const;

function startBubblewrap({runtime, session, limits}: SandboxPlan, group: MemoryGroup | undefined): ChildProcess {
  // No flag for the heap's size: the data limit ends what grows too large, and with such a flag Node 20 refuses its own compiled code
  // and compiles it again in every process, a fifth of what a sandbox costs.
  const args = sessionArguments({...session, folder: inside.home, display: false}, `${inside.runtime}/${runtime.program}`);
  const cache = {[codeCaching.folder]: `${inside.runtime}/${codeCache}`};
  const environment = {PATH: '/usr/bin', HOME: inside.home, SNAPGRID_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2', ...cache, ...threads};
  // TensorFlow's addon is a link, which Node must follow; elsewhere are none, and Node need not look at every folder on the way to each file.
  const links = session.backend === 'tensorflow' ? [] : ['--preserve-symlinks', '--preserve-symlinks-main'];
  const program = [nodeInside, ...links, ...args];
  const filter = openFilter();
  try {
    const waits = group !== undefined;
    const child = spawn(findProgram('bwrap') ?? 'bwrap', bubblewrapArguments(runtime.mounts, limits, environment, program, waits), {
      // Pid 1 inside is bubblewrap itself: what stands in its environment can be read there.
      env: {},
      stdio: withoutInherited([...streams, filter ?? 'ignore', ...(waits ? (['pipe', 'pipe'] as const) : [])]),
      // A Ctrl-C in the terminal goes to the grader's whole group: what runs must be able to finish.
      detached: true,
      ...nextIdentity(),
    });
    if (group) holdIn(group, child);
    return child;
  } finally {
    if (filter !== undefined) closeSync(filter);
  }
}

/** Bubblewrap and the first process of the sandbox are put into the group before anything runs in it. */
function holdIn(group: MemoryGroup, child: ChildProcess): void {
  const streams = child.stdio as readonly unknown[];
  const info = streams[infoDescriptor] as Readable;
  const block = streams[blockDescriptor] as Writable;
  let said = '';
  info.on('data', chunk => {
    said += chunk;
    const inner = /"child-pid":\s*(\d+)/.exec(said)?.[1];
    if (inner === undefined || block.writableEnded) return;
    group.add(child.pid!);
    group.add(Number(inner));
    block.end('.');
  });
}

function startPlain({runtime, session, limits}: SandboxPlan): ChildProcess {
  const args = sessionArguments({...session, folder: tmpdir(), display: false}, join(runtime.folder, plainProgram));
  return spawn(process.execPath, [`--max-old-space-size=${Math.floor(limits.memoryMiB * 0.6)}`, ...args], {
    cwd: tmpdir(),
    env: {PATH: '/usr/bin:/bin', HOME: tmpdir(), SNAPGRID_THREADS: '1', ...threads, ...forWindows},
    stdio: withoutInherited(streams),
    detached: true, // a group of its own, killed as a whole
    ...nextIdentity(),
  });
}

/** Without it Node cannot start there. */
const forWindows = process.platform === 'win32' ? {SystemRoot: process.env['SystemRoot']} : {};

const threads = {OMP_NUM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', UV_THREADPOOL_SIZE: '1'};

/** A new description of the filter's file each time: bubblewrap reads it from where the last reader left off. */
function openFilter(): number | undefined {
  const filter = systemCallFilter(process.arch);
  if (!filter) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-filter-'));
  const path = join(folder, 'filter.bpf');
  writeFileSync(path, filter);
  const descriptor = openSync(path, 'r');
  rmSync(folder, {recursive: true});
  return descriptor;
}

function killTree(child: ChildProcess): void {
  const {pid} = child;
  if (pid === undefined) return;
  const gone = child.exitCode !== null || child.signalCode !== null; // then its number may be somebody else's
  const walled = child.spawnfile.endsWith('bwrap'); // its end takes all of its process space along, unless it is still making that
  for (const target of walled ? (gone ? [] : processTree(pid)) : gone ? [-pid] : [-pid, ...processTree(pid)]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

function alive(pid: number): number {
  try {
    process.kill(pid, 0);
    return processTree(pid).length;
  } catch {
    return 0;
  }
}
