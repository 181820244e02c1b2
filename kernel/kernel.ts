import {join} from 'node:path';
import {DebugRequests} from './debugger/requests.ts';
import {Executor} from './execution/executor.ts';
import type {SessionChild} from './execution/session-child.ts';
import {handlers} from './handlers.ts';
import {History} from './history/history.ts';
import {userDataFolder} from './jupyter-folders.ts';
import {LanguageService} from './language/service.ts';
import {watchParent} from './parent.ts';
import type {BoundSockets} from './protocol/bound-sockets.ts';
import type {ConnectionInfo} from './protocol/connection-file.ts';
import {Dispatcher} from './protocol/dispatch.ts';
import type {WireMessage} from './protocol/frames.ts';
import {Publisher} from './protocol/publisher.ts';
import {Subshells} from './protocol/subshells.ts';
import {type MessageChecks, serveSockets, type Sockets} from './protocol/sockets.ts';

/** Runs a kernel until it is told to shut down or its parent dies. @param first its session, which has been started in the notebook's folder */
export function startKernel(info: ConnectionInfo, first: SessionChild, bound: BoundSockets): void {
  let sockets: Sockets | undefined;
  const publisher = new Publisher(message => sockets?.send('iopub', message));
  const language = new LanguageService(first.folder);
  const history = new History(historyFile(), line => console.error(line));
  const executor = new Executor(first, publisher, language, history, message => sockets?.send('stdin', message));

  let leaving = false;
  const leave = async (): Promise<void> => {
    if (leaving) return;
    leaving = true;
    const ended = executor.end();
    language.end();
    // The turn in which the reply and the idle status are sent comes first.
    await new Promise(resolve => setImmediate(resolve));
    await history.end();
    await sockets?.close();
    await ended;
    process.exit(0);
  };
  const debug = new DebugRequests(executor.session, publisher);
  const interrupt = (): void => {
    executor.interrupt();
    if (!publisher.running.size) debug.release();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', () => void leave());
  watchParent(() => void leave());

  const send = (channel: 'shell' | 'control' | 'stdin' | 'iopub', message: WireMessage): void => sockets?.send(channel, message);
  const subshells = new Subshells();
  const abort = (lane: number): void => dispatcher.abort(lane);
  const answers = handlers({
    executor,
    history,
    language,
    debug,
    publisher,
    info,
    subshells,
    abort,
    interrupt,
    shutDown: () => void leave(),
  });
  const dispatcher = new Dispatcher(answers, subshells, publisher, send);
  let checks: MessageChecks | undefined;
  sockets = serveSockets(bound, info.key, {
    request: message => dispatcher.dispatch(message),
    input: message => executor.answer(message) || console.error('Dropped a message on stdin: nothing was asked (any more)'),
    log: line => console.error(line),
    checks: () => checks,
  });
  publisher.status({}, 'starting');
  // The first cell's reply comes first.
  setTimeout(() => void import('./protocol/validation.ts').then(loaded => (checks = loaded)), checksAfterMs).unref();
}

/** Loading the schemas takes longer than a cell. */
const checksAfterMs = 1000;

/** One file for all kernels of a user. */
const historyFile = (): string => join(userDataFolder(), 'snapgrid', 'history.sqlite');
