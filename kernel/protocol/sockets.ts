import type {Readable, Writable} from 'zeromq';
import {type ConnectionInfo, type PortName, socketAddress} from './connection-file.ts';
import {type Dropped, type OutgoingFrame, Signer, type WireMessage} from './frames.ts';
import {broadcast, type ClientMessage, clientMessage} from './messages.ts';

type ZeroMQ = typeof import('zeromq');
type Channel = 'shell' | 'control' | 'stdin';

const keptMs = 1000;

export interface Sockets {
  send(channel: Channel | 'iopub', message: WireMessage): void;
  /** Closes everything once what was sent has left; waits at most a second for it. */
  close(): Promise<void>;
}

export interface SocketListener {
  request(message: ClientMessage): void;
  input(message: WireMessage): void;
  log(line: string): void;
  /** By what messages are checked; undefined while that is not loaded: handlers take for missing what is of a wrong type. */
  checks(): MessageChecks | undefined;
}

/** What is wrong with a message from a client; undefined where nothing is. */
export interface MessageChecks {
  headerComplaint(message: WireMessage): string | undefined;
  contentComplaint(message: WireMessage): string | undefined;
}

/** Binds the five sockets and hands on what arrives. Messages that are malformed or not signed with the key are logged and dropped. */
export async function openSockets(zmq: ZeroMQ, info: ConnectionInfo, listener: SocketListener): Promise<Sockets> {
  const signer = new Signer(info.key);
  // A high-water mark would drop output silently.
  const options = {sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 1000};
  const routers = {shell: new zmq.Router(options), control: new zmq.Router(options), stdin: new zmq.Router(options)};
  const iopub = new zmq.XPublisher(options);
  iopub.verbosity = 'allSubs';
  const heartbeat = new zmq.Router(options);
  const all = {shell_port: routers.shell, control_port: routers.control, stdin_port: routers.stdin, iopub_port: iopub, hb_port: heartbeat};
  await Promise.all(Object.entries(all).map(([port, socket]) => socket.bind(socketAddress(info, port as PortName))));

  const outboxes = {
    shell: outbox(routers.shell),
    control: outbox(routers.control),
    stdin: outbox(routers.stdin),
    iopub: outbox(iopub),
    heartbeat: outbox(heartbeat),
  };
  const shellRequests = untilHeard(listener);
  void eachMessage(iopub, ([subscription]) => {
    // A new subscriber hears at once that it is connected, and so cannot miss what its first request causes.
    if (subscription?.[0] !== 1) return;
    const topic = subscription.subarray(1);
    const welcome = {...broadcast('iopub_welcome', {}, {subscription: topic.toString()}), identities: [topic]};
    outboxes.iopub.send(() => signer.encode(welcome));
    shellRequests.release();
  });
  void eachMessage(heartbeat, frames => outboxes.heartbeat.send(() => frames));
  for (const channel of ['shell', 'control', 'stdin'] as const)
    void eachMessage(routers[channel], frames => {
      const message = receive(signer, listener.checks(), frames);
      if ('dropped' in message) listener.log(`Dropped a message on ${channel}: ${message.dropped}`);
      else if (channel === 'stdin') listener.input(message);
      else if (channel === 'shell') shellRequests.take(clientMessage(channel, message));
      else listener.request(clientMessage(channel, message));
    });

  return {
    send: (channel, message) => outboxes[channel].send(() => signer.encode(message)),
    async close() {
      await Promise.all(Object.values(outboxes).map(box => box.sent()));
      for (const socket of Object.values(all)) socket.close();
    },
  };
}

/** A message, if it can be trusted and understood. A request that cannot is kept where it can be answered: with what is wrong with it. */
function receive(
  signer: Signer,
  checks: MessageChecks | undefined,
  frames: readonly Buffer[],
): (WireMessage & {malformed?: string}) | Dropped {
  const message = signer.decode(frames);
  if ('dropped' in message) return message;
  if (!checks) return message;
  const headerComplaint = checks.headerComplaint(message);
  if (headerComplaint) return {dropped: headerComplaint};
  const malformed = checks.contentComplaint(message);
  if (!malformed) return message;
  return String(message.header['msg_type']).endsWith('_request') ? {...message, malformed} : {dropped: malformed};
}

/** Keeps a client's first requests until somebody listens to iopub: a publisher drops what it sends before. Not for long, should nobody want to. */
function untilHeard(listener: SocketListener): {take(message: ClientMessage): void; release(): void} {
  let kept: ClientMessage[] | undefined = [];
  const release = (): void => {
    const messages = kept ?? [];
    kept = undefined;
    for (const message of messages) listener.request(message);
  };
  return {
    take(message) {
      if (!kept) return listener.request(message);
      kept.push(message);
      if (kept.length === 1) setTimeout(release, keptMs).unref();
    },
    release,
  };
}

async function eachMessage(socket: Readable & {readonly closed: boolean}, handle: (frames: Buffer[]) => void): Promise<void> {
  try {
    for await (const frames of socket) handle(frames);
  } catch (error) {
    if (!socket.closed) throw error;
  }
}

/**
 * A socket takes one message at a time; the others wait here in their order. They leave together, after what the turn that sent them has to do:
 * a cell is on its way into the session before the client hears that it is busy.
 */
function outbox(socket: Writable & {readonly closed: boolean}): {
  send(message: () => readonly OutgoingFrame[]): void;
  sent(): Promise<void>;
} {
  let waiting: (() => readonly OutgoingFrame[])[] = [];
  let sending: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    await undefined;
    while (waiting.length && !socket.closed) {
      const messages = waiting.map(encode => encode());
      waiting = [];
      for (const frames of messages)
        // A client that has gone is no reason to fail.
        if (!socket.closed) await socket.send(frames as (string | Buffer)[]).catch(() => {});
    }
    sending = undefined;
  };
  return {
    send(message) {
      waiting.push(message);
      sending ??= drain();
    },
    sent: () => sending ?? Promise.resolve(),
  };
}
