import {readFileSync, rmSync} from 'node:fs';
import inspector from 'node:inspector';
import {Socket} from 'node:net';
import {parentPort, workerData} from 'node:worker_threads';
import {writeFrame} from '../output/descriptor.ts';
import {FrameDecoder} from '../wire/frames.ts';
import {signalChildren, signalNewestChild} from './children.ts';
import type {DebugRelay} from './debug.ts';
import {controlThread, Shared} from './shared.ts';

/**
 * The session's second thread: it interrupts a busy main thread, sends printed text that the main thread does not come to send,
 * and ends the process when its host is gone.
 */
const {memory, folder, debuggable} = workerData as {memory: SharedArrayBuffer; folder: string; debuggable: boolean};
const port = parentPort!;
const shared = new Shared(memory);
const main = new inspector.Session();
main.connectToMainThread();

const flushMs = 15;
const retryMs = 50;
/** So long a main thread that only awaits has to drop its requests by itself: to end its JavaScript could hit what an earlier cell left running. */
const awaitsMs = 20;
/** So long it may take to get to it on a busy machine, where others have the processor. */
const patienceMs = 250;
/** A child that does not mind its SIGINT is killed when the main thread still waits for it after so many tries. */
const triesBeforeKill = 20;
/** So often a main thread that loads a module is only told: cutting it off would leave the module half-loaded for ever. */
const triesWhileLoading = {file: 10, package: 100} as const;
/** After so many tries an interrupt ends what keeps the main thread from hearing of it: a timer of an earlier cell that never ends. */
const triesBeforeOthers = 40;
/** So long the lock is kept for a main thread that does not meet its termination. */
const keepsLockMs = 1000;
const lockRetryMs = 5;
/** So long children have to end by themselves when the session does. */
const childrenEndMs = 100;

let debug: DebugRelay | undefined;
if (debuggable) {
  const socket = new Socket({fd: 6});
  socket.on('error', () => {});
  // Loaded when the host says its first word: few sessions are debugged.
  socket.once(
    'readable',
    () => void import('./debug.ts').then(({DebugRelay}) => (debug = new DebugRelay(socket, () => port.postMessage(0)))),
  );
}

const decoder = new FrameDecoder();
new Socket({fd: 4, writable: false})
  .on('data', chunk => {
    for (const {header} of decoder.push(chunk)) if (header['type'] === 'interrupt') interrupt(header['ids'] as readonly number[]);
  })
  .on('error', () => {})
  .on('close', () => {
    // The host is gone: never outlive it, not even in a busy loop, nor let what cells started do so.
    rmSync(folder, {recursive: true, force: true});
    if (signalChildren('SIGTERM')) setTimeout(end, childrenEndMs);
    else end();
  });

function end(): void {
  signalChildren('SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}

let timer: NodeJS.Timeout | undefined;
port.on('message', () => {
  timer ??= setTimeout(flush, flushMs);
});

function flush(): void {
  if (!lock()) return void (timer = setTimeout(flush, flushMs));
  timer = undefined;
  try {
    if (shared.buffered) writeFrame({type: 'stream', ...shared.take()});
  } finally {
    unlock();
  }
}

/** False where the main thread holds the lock and may be paused with it: waiting for it, this thread could not let it run on. */
function lock(): boolean {
  if (debug?.attached) return shared.tryLock(controlThread);
  shared.lock(controlThread);
  return true;
}

function unlock(): void {
  if (!terminating) shared.unlock();
}

/** A termination is on its way to the main thread. Until that has met it, the lock is kept: else it would meet it while it holds the lock itself. */
let terminating: object | undefined;

/** Ends the JavaScript of these requests, as often as it takes: a termination that meets an idle main thread ends nothing. */
function interrupt(ids: readonly number[], tries = 1): void {
  if (!lock()) {
    debug?.resume();
    return void setTimeout(interrupt, lockRetryMs, ids, tries);
  }
  if (tries === 1) shared.noteInterrupted(ids);
  const since = shared.awaitsChildSince;
  if (since !== undefined && tries === 3) signalNewestChild('SIGINT', since);
  if (since !== undefined && tries % triesBeforeKill === 0) signalNewestChild('SIGKILL', since);
  let told = false;
  const tell = (): void => {
    for (const id of ids) port.postMessage(id); // the main thread answers what nothing else will settle, or has not begun
    if (told) return;
    told = true;
    const from = Date.now();
    const used = usedTicks();
    const again = (): void => {
      const left = ids.filter(id => shared.isRunning(id) || shared.isInterrupted(id));
      const got = shared.awaitsChildSince !== undefined || debug?.paused || used === undefined || used !== usedTicks();
      if (left.length && !got && Date.now() - from < patienceMs) setTimeout(again, awaitsMs);
      else if (left.length) interrupt(left, tries + 1);
    };
    setTimeout(again, tries === 1 ? awaitsMs : retryMs);
  };
  // One termination for all: one for each would meet the next request on its way into its lane.
  // Paused in a timer of an earlier cell, the main thread has not come to them yet.
  const {loading} = shared;
  const begun = ids.some(id => shared.isRunning(id)) || tries >= triesBeforeOthers;
  const awaited = tries === 1 || (loading !== undefined && tries <= triesWhileLoading[loading]);
  if (!debug?.paused && (!begun || awaited)) {
    unlock();
    return tell();
  }
  if (!terminating) {
    const termination = (terminating = {});
    const met = (): void => {
      if (terminating !== termination) return;
      terminating = undefined;
      shared.unlock();
    };
    main.post('Runtime.terminateExecution', () => {
      // What waited for a child has ended without its `finally`.
      if (terminating === termination) shared.awaitsChildSince = undefined;
      met();
      tell();
    });
    // An idle main thread may sleep through it (seen on Node 26), and then waits for the lock.
    setTimeout(met, keepsLockMs);
  }
  // A paused main thread meets its end when it runs on.
  debug?.resume();
  setTimeout(() => told || tell(), retryMs);
}

/** Hundredths of a second that the main thread had of a processor; undefined where the system does not tell. */
function usedTicks(): number | undefined {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
}
