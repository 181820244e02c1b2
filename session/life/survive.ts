import {constants} from 'node:os';
import {describeThrown} from '../evaluate/errors.ts';
import type {EventWriter} from '../output/events.ts';

/** A cell asked the process to end. */
class ExitError extends Error {
  override name = 'ExitError';
}

/** Nothing that a cell does by accident ends the session: its state is the learner's work. */
export function keepAlive(events: EventWriter): void {
  const show = (thrown: unknown): void => {
    const text = describeThrown(thrown).traceback.join('\n');
    events.print('stderr', `${text}\n`);
  };
  const kept = {
    SIGINT: () => {}, // a Ctrl-C reaches the whole process group; only the host decides
    uncaughtException: show,
    unhandledRejection: show,
  };
  const listeners = new Set<unknown>(Object.values(kept));
  for (const [name, listener] of Object.entries(kept)) process.on(name, listener);
  process.removeAllListeners = (...names: unknown[]) => {
    for (const name of (names.length ? names : process.eventNames()) as 'SIGINT'[]) {
      // By these two, Node itself learns that a signal is listened to.
      if (/^(new|remove)Listener$/.test(String(name))) continue;
      for (const listener of process.listeners(name)) if (!listeners.has(listener)) process.removeListener(name, listener);
    }
    return process;
  };
  process.exit = (code?: number | string | null): never => {
    throw new ExitError(
      `process.exit(${code ?? ''}) ends the cell, not the session, so its variables are kept. To start anew, restart the kernel.`,
    );
  };
  Reflect.set(process, 'reallyExit', process.exit);
  const {kill} = process;
  process.kill = (pid, signal) => (pid === process.pid && isIgnored(signal) ? true : kill.call(process, pid, signal));
}

/**
 * Whether nothing happens at this signal because nobody listens. Node takes every signal that a process sends to itself unheard for its end,
 * and takes the inspector down: no cell would run any more.
 */
function isIgnored(signal: string | number | undefined): boolean {
  const name = ignored.find(each => each === signal || constants.signals[each] === signal);
  return name !== undefined && process.listenerCount(name) === 0;
}

const ignored = ['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH'] as const;
