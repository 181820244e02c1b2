import {describeThrown} from '../evaluate/errors.ts';
import type {EventWriter} from '../output/events.ts';

/** A cell asked the process to end. */
class ExitError extends Error {
  override name = 'ExitError';
}

/** Nothing that a cell does by accident ends the session: its state is the learner's work. */
export function keepAlive(events: EventWriter): void {
  process.on('SIGINT', () => {}); // a Ctrl-C reaches the whole process group; only the host decides
  const show = (thrown: unknown): void => {
    const text = describeThrown(thrown).traceback.join('\n');
    events.print('stderr', `${text}\n`);
  };
  process.on('uncaughtException', show);
  process.on('unhandledRejection', show);
  process.exit = (code?: number | string | null): never => {
    throw new ExitError(`process.exit(${code ?? ''}) ends the cell, not the session, so its variables are kept. To start anew, restart the kernel.`);
  };
  Reflect.set(process, 'reallyExit', process.exit);
}
