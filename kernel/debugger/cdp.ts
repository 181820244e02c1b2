import type {Duplex} from 'node:stream';
import type {DebugEvent, DebugRequest} from '../../session/wire/debug.ts';
import {encodeFrame, FrameDecoder, FrameError} from '../../session/wire/frames.ts';

/** The session cannot be debugged any more: it has ended, or was replaced. */
export class DebuggeeGone extends Error {
  override name = 'DebuggeeGone';
  constructor() {
    super('The session that was debugged has ended');
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

/** Speaks the Chrome DevTools Protocol to one session's main thread. */
export class Cdp {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private ended = false;
  private readonly hear: (chunk: Buffer) => void;
  private readonly close = (): void => this.end();

  constructor(
    private readonly socket: Duplex,
    private readonly listener: EventListener,
  ) {
    const decoder = new FrameDecoder(limits);
    this.hear = chunk => {
      try {
        for (const {header} of decoder.push(chunk)) this.take(header as unknown as DebugEvent);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        this.end(); // code in the session wrote on our descriptor
      }
    };
    socket.on('data', this.hear).on('error', this.close).on('close', this.close).on('end', this.close);
    this.send({type: 'attach'});
  }

  /** @throws Refused, DebuggeeGone */
  post<Result>(method: string, params: object = {}): Promise<Result> {
    if (this.ended) return Promise.reject(new DebuggeeGone());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, {resolve: resolve as (result: unknown) => void, reject});
      this.send({type: 'post', id, method, params});
    });
  }

  /** Takes the debugger off the session; it runs on. */
  detach(): void {
    if (this.ended) return;
    this.send({type: 'detach'});
    this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.off('data', this.hear).off('error', this.close).off('close', this.close).off('end', this.close);
    // What is still under way is read and forgotten, so that the other end never waits.
    this.socket.on('error', () => {}).resume();
    for (const {reject} of this.pending.values()) reject(new DebuggeeGone());
    this.pending.clear();
  }

  private send(request: DebugRequest): void {
    for (const piece of encodeFrame({...request})) this.socket.write(piece);
  }

  private take(event: DebugEvent): void {
    if (event.type === 'event') return this.listener(event.method, event.params);
    const pending = this.pending.get(event.id);
    this.pending.delete(event.id);
    if ('error' in event) pending?.reject(new Refused(event.error));
    else pending?.resolve(event.result);
  }
}
