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
}
