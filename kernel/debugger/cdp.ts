import type {Duplex} from 'node:stream';
import type {DebugEvent, DebugRequest} from '../../session/wire/debug.ts';
import {encodeFrame, FrameDecoder, FrameError} from '../../session/wire/frames.ts';

/** The session cannot be debugged any more: it has ended, or was replaced. */
export class DebuggeeGone extends Error {
  override name = 'DebuggeeGone';
  constructor() {
    super(
      'The session cannot be debugged (any more): it has ended, or one of its cells wrote on descriptor 6; run a cell, or restart the kernel',
    );
  }
}

/** V8 refuses a request: an expression that does not parse, a handle that is gone. */
export class Refused extends Error {
  override name = 'Refused';
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export type EventListener = (method: string, params: object) => void;

const limits = {headerBytes: 64 * 2 ** 20, payloadBytes: 0};

/** One socket's frames, which do not end with an attachment. */
class Channel {
  /** Who is attached; frames of others are dropped. */
  readonly listeners = new Map<number, {hear(event: DebugEvent): void; end(): void}>();
  broken = false;
  private readonly decoder = new FrameDecoder(limits);

  constructor(private readonly socket: Duplex) {
    const end = (): void => {
      this.broken = true;
      for (const listener of this.listeners.values()) listener.end();
    };
    socket.on('close', end).on('end', end);
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const {header} of this.decoder.push(chunk)) {
          const event = header as unknown as DebugEvent;
          this.listeners.get(event.attachment)?.hear(event);
        }
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        // Code in the session wrote on a descriptor that is not its own.
        socket.destroy();
        end();
      }
    });
  }

  send(request: DebugRequest): void {
    for (const piece of encodeFrame({...request})) this.socket.write(piece);
  }
}

const channels = new WeakMap<Duplex, Channel>();
let attachments = 0;

/** Speaks the Chrome DevTools Protocol to one session's main thread. */
export class Cdp {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private ended = false;
  private readonly attachment = ++attachments;
  private readonly channel: Channel;

  constructor(
    socket: Duplex,
    private readonly listener: EventListener,
  ) {
    this.channel = channels.get(socket) ?? new Channel(socket);
    channels.set(socket, this.channel);
    this.channel.listeners.set(this.attachment, {hear: event => this.take(event), end: () => this.end()});
    if (this.channel.broken) this.end();
    else this.channel.send({type: 'attach', attachment: this.attachment});
  }

  /** @throws Refused, DebuggeeGone */
  post<Result>(method: string, params: object = {}): Promise<Result> {
    if (this.ended) return Promise.reject(new DebuggeeGone());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, {resolve: resolve as (result: unknown) => void, reject});
      this.channel.send({type: 'post', id, method, params});
    });
  }

  /** Takes the debugger off the session; it runs on. */
  detach(): void {
    if (this.ended) return;
    this.channel.send({type: 'detach'});
    this.end();
  }

  private end(): void {
    this.ended = true;
    this.channel.listeners.delete(this.attachment);
    for (const {reject} of this.pending.values()) reject(new DebuggeeGone());
    this.pending.clear();
  }

  private take(event: DebugEvent): void {
    if (event.type === 'event') return this.listener(event.method, event.params);
    const pending = this.pending.get(event.id);
    this.pending.delete(event.id);
    if ('error' in event) pending?.reject(new Refused(event.error));
    else pending?.resolve(event.result);
  }
}
