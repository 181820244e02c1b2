import type {Readable, Writable} from 'zeromq';
import type {BoundSockets} from './bound-sockets.ts';
import {type Dropped, type OutgoingFrame, Signer, type WireMessage} from './frames.ts';
import {broadcast, type ClientMessage, clientMessage} from './messages.ts';

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

/** Hands on what arrives. Messages that are malformed or not signed with the key are logged and dropped. */
export function serveSockets(bound: BoundSockets, key: string, listener: SocketListener): Sockets {
  const signer = new Signer(key);
  const {iopub, heartbeat} = bound;
  const audience = new Audience();
  const outboxes = {
    shell: outbox(bound.shell),
    control: outbox(bound.control),
    stdin: outbox(bound.stdin),
    iopub: outbox(iopub, audience.there),
    heartbeat: outbox(heartbeat),
  };
  void eachMessage(iopub, ([subscription]) => {
    // A new subscriber hears at once that it is connected, and so cannot miss what its first request causes.
    if (subscription?.[0] !== 1) return;
    const topic = subscription.subarray(1);
    const welcome = {...broadcast('iopub_welcome', {}, {subscription: topic.toString()}), identities: [topic]};
    outboxes.iopub.send(() => signer.encode(welcome), {first: true});
    audience.came();
  });
  void eachMessage(heartbeat, frames => outboxes.heartbeat.send(() => frames));
  for (const channel of ['shell', 'control', 'stdin'] as const)
    void eachMessage(bound[channel], frames => {
      const message = receive(signer, listener.checks(), frames);
      if ('dropped' in message) return listener.log(`Dropped a message on ${channel}: ${message.dropped}`);
      if (channel === 'stdin') return listener.input(message);
      audience.awaited();
      listener.request(clientMessage(channel, message));
    });

  return {
    send: (channel, message) => outboxes[channel].send(() => signer.encode(message)),
    async close() {
      audience.came();
      await Promise.all(Object.values(outboxes).map(box => box.sent()));
      for (const socket of Object.values(bound)) socket.close();
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

/** Who listens to iopub: a publisher drops what it sends before. A client's first request waits for nobody, what it causes does; not for long. */
class Audience {
  came!: () => void;
  readonly there = new Promise<void>(resolve => (this.came = resolve));
  private timer: NodeJS.Timeout | undefined;

  /** A client has come, and may not want to listen. */
  awaited(): void {
    this.timer ??= setTimeout(() => this.came(), keptMs).unref();
  }
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
function outbox(
  socket: Writable & {readonly closed: boolean},
  ready?: Promise<void>,
): {
  send(message: () => readonly OutgoingFrame[], how?: {readonly first: boolean}): void;
  sent(): Promise<void>;
} {
  let waiting: (() => readonly OutgoingFrame[])[] = [];
  let sending: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    await ready;
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
    send(message, {first} = {first: false}) {
      if (first) waiting.unshift(message);
      else waiting.push(message);
      sending ??= drain();
    },
    sent: () => sending ?? Promise.resolve(),
  };
}
