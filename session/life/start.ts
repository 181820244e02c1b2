import {openTimerQueues} from './timer-queues.ts';
import {randomBytes} from 'node:crypto';
import {Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Asks} from '../asking/asks.ts';
import {installGlobals} from '../asking/globals.ts';
import {installStdin} from '../asking/stdin.ts';
import {hideInserted} from '../evaluate/inserted.ts';
import {installStacks} from '../evaluate/stacks.ts';
import {capturePrinting} from '../output/capture.ts';
import {Channel, openChannel} from '../output/channel.ts';
import {EventWriter} from '../output/events.ts';
import {Requests} from '../requests.ts';
import {FrameDecoder} from '../wire/frames.ts';
import {type Notice, type Request, wireVersion} from '../wire/messages.ts';
import {parseOptions} from '../wire/options.ts';
import {noteAwaitedChildren} from './awaited-children.ts';
import {loadFetchWhole} from './lazy-fetch.ts';
import {controlByItself, controlByThread} from './second-thread.ts';
import {mainThread, Shared} from './shared.ts';
import {keepAlive} from './survive.ts';
import {mendBuiltins, rememberBuiltins} from './builtins.ts';
import {openLoading} from './whole.ts';

/** Starts the session: it runs what comes on fd 3 until its host closes fd 4. */
export function start(json: string | undefined): void {
  const options = parseOptions(json);
  if (options.backend) process.env['SNAPGRID_BACKEND'] = options.backend;
  installStacks();
  hideInserted();
  const shared = new Shared();
  const temporary = join(tmpdir(), `snapgrid-${process.pid}-${randomBytes(12).toString('hex')}`);
  const control =
    options.secondThread === false
      ? controlByItself(temporary, () => events.sendPrinted())
      : controlByThread(shared, temporary, options.debugger === true);
  const events = new EventWriter(shared, options.outputBytes ?? Infinity, () => control.later());
  capturePrinting((name, text) => events.print(name, text));
  noteAwaitedChildren(shared);
  openLoading(shared);
  openTimerQueues(shared);
  loadFetchWhole();
  const channel = new Channel(
    () => events.cause,
    (id, bundle, {metadata = {}, ...rest}) => events.send({type: 'display', id, bundle, metadata, ...rest}),
    wait => events.send({type: 'clear', id: events.cause, wait}),
    options.comms ? (message, buffers) => events.send({type: 'comm', id: events.cause, ...message}, buffers) : undefined,
    sink => events.redirect(sink),
  );
  openChannel(channel);
  if (options.display) console.clear = () => channel.clear(false);
  const asks = new Asks(events, options.person === true);
  installGlobals(asks, events);
  installStdin(asks);
  const requests = new Requests(options, events, asks, temporary);
  asks.serve(requests);
  keepAlive(events);
  const decoder = new FrameDecoder({headerBytes: 2 ** 30, payloadBytes: 2 ** 32 - 1}); // the host is trusted
  // An interrupt may end what takes a chunk, never the decoder half-way: that works under the lock, and what it did not come to is kept.
  const chunks: Buffer[] = [];
  const take = (): void => {
    shared.lock(mainThread);
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      const frames = Array.from(decoder.push(chunk));
      requests.receive(frames.map(({header, buffers}) => ({message: header as unknown as Request | Notice, buffers})));
    }
    shared.unlock();
    requests.work();
  };
  // A cell that awaits, or a timer of an earlier one, may have replaced what this takes.
  const mend = (): void => mendBuiltins(text => events.print('stderr', text));
  control.listen(id => {
    mend();
    if (id) requests.interrupted(id);
    take();
  });
  new Socket({fd: 3, writable: false}).on('data', chunk => {
    mend();
    chunks.push(chunk);
    take();
  });
  rememberBuiltins();
  events.send({type: 'ready', version: wireVersion, node: process.versions.node, pid: process.pid});
}
