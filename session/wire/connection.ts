import {randomInt} from 'node:crypto';
import type {Readable, Writable} from 'node:stream';
import {parseEvent} from './events.ts';
import {encodeFrame, FrameDecoder, FrameError, type FrameLimits} from './frames.ts';
import {
  type Cell,
  type CommMessage,
  type Control,
  type Event,
  type InputReply,
  type MimeBundle,
  type Request,
  type ThrownError,
  wireVersion,
} from './messages.ts';
import {NativeOutput} from './native.ts';
import type {Plain, TensorData} from './plain.ts';
import {afterTurns} from './turns.ts';
import {decodeValue, type Encoded, encodeValue, ValueError, type ValueLimits} from './values.ts';

/** The session's end of these: fd 3, 4, 5, 1 and 2. */
export interface SessionStreams {
  readonly requests: Writable;
  readonly control: Writable;
  readonly events: Readable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Hears what comes beside the answers: printed output (native output too), displays, comm messages with their bytes. */
export interface SessionListener {
  (event: Event, buffers: readonly Uint8Array[]): void;
}

export type Done = {readonly status: 'ok'; readonly bundle?: MimeBundle} | {readonly status: 'error'; readonly error: ThrownError};
export type Called = {readonly status: 'ok'; readonly value: Plain} | {readonly status: 'error'; readonly error: ThrownError};

/** `exit`: its pipe closed, the process is gone. `protocol`: it sent what is no frame of ours; the host should end it. */
export interface Ended {
  readonly reason: 'exit' | 'protocol';
  readonly message: string;
}

/** The session ended before it answered. */
export class SessionEnded extends Error {
  override name = 'SessionEnded';
  constructor(
    readonly ended: Ended,
    cause?: unknown,
  ) {
    super(ended.message, cause === undefined ? {} : {cause});
  }
}

export interface ConnectionOptions {
  readonly frameLimits?: FrameLimits;
  readonly valueLimits?: ValueLimits;
  /** Bytes of printed text, native output too, that reach the listeners per request: the session's own cap binds only a session that is honest. */
  readonly outputBytes?: number;
}

type Answer =
  | {readonly status: 'ok'; readonly bundle?: MimeBundle; readonly value?: Plain}
  | {readonly status: 'error'; readonly error: ThrownError};
type Pending = {readonly lane: number; resolve(answer: Answer): void; reject(error: SessionEnded): void};
type Body<R> = R extends Request ? Omit<R, 'id'> : never;

/** A cell that cannot be interrupted (a native call) is answered by the host after this long. */
const interruptGraceMs = 500;
/**
 * What native code and children wrote before an answer lies in their pipes when that is read: of what is ready, the event loop reads all in
 * one turn. So it is heard when the turn has passed that begins after this one.
 */
const turnsToHear = 2;
/** So long a session that closed the pipe of its requests may take to end. */
const endWithinMs = 1000;
/** So long the last words of a session that ended may take. */
const lastWordsMs = 200;
/** 2 ** 21 requests at the least before ids outgrow what a number holds. */
const largestIdStep = 2 ** 32;

/** The host's end of a session: requests out, answers and output back. */
export class SessionConnection {
  readonly ready: Promise<{node: string; pid: number}>;
  readonly ended: Promise<Ended>;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<SessionListener>();
  private readonly native: Record<'stdout' | 'stderr', NativeOutput>;
  private readonly printedBytes = new Map<number, number>();
  private end: SessionEnded | undefined;
  private lastId = 0;
  /** The newest request that is no comm message. */
  private lastInLine = 0;
  /** Comm messages under way, which the session works on beside what runs. */
  private readonly beside = new Set<number>();
  private readonly asked = new Set<number>();
  private becameReady!: (who: {node: string; pid: number}) => void;
  private neverReady!: (error: SessionEnded) => void;
  private hasEnded!: (ended: Ended) => void;

  constructor(
    private readonly streams: SessionStreams,
    private readonly options: ConnectionOptions = {},
  ) {
    this.ready = new Promise((resolve, reject) => ([this.becameReady, this.neverReady] = [resolve, reject]));
    this.ready.catch(() => {}); // a host that only waits for `ended` is no unhandled rejection
    this.ended = new Promise(resolve => (this.hasEnded = resolve));
    const native = (name: 'stdout' | 'stderr'): NativeOutput =>
      new NativeOutput(streams[name], text => this.tell({type: 'stream', id: this.running(), name, text}));
    this.native = {stdout: native('stdout'), stderr: native('stderr')};
    for (const stream of [streams.requests, streams.control]) stream.on('error', () => {}); // the events' end says it
    // A session that lives on without its requests (a cell closed the descriptor) would leave every later cell unanswered.
    streams.requests.on('close', () =>
      setTimeout(() => this.finish({reason: 'exit', message: 'The session takes no more requests.'}), endWithinMs).unref(),
    );
    this.read(streams.events);
  }

  listen(listener: SessionListener): void {
    this.listeners.add(listener);
  }

  /** Runs a cell; its output comes to the listeners, with the id that `started` is told, before this resolves. @throws SessionEnded */
  async run(cell: Cell, started?: (id: number) => void, lane = 0): Promise<Done> {
    return this.ask({type: 'run', cell, lane}, [], started);
  }

  /** Gives what the session asked for in an `ask` event. */
  reply(reply: InputReply): void {
    if (!this.end) for (const piece of encodeFrame({...reply})) this.streams.requests.write(piece);
  }

  /** Calls a function that a cell declared. @throws SessionEnded, ValueError for arguments that cannot travel */
  async call(target: string, args: readonly Plain[]): Promise<Called> {
    const [encoded, buffers] = this.encode(args);
    return called(await this.ask({type: 'call', target, args: encoded}, buffers));
  }

  /** Makes an instance of a class that a cell declared; the value is its handle. */
  async construct(target: string, args: readonly Plain[]): Promise<Called> {
    const [encoded, buffers] = this.encode(args);
    return called(await this.ask({type: 'construct', target, args: encoded}, buffers));
  }

  /** Calls a method of an instance. */
  async invoke(handle: number, method: string, args: readonly Plain[]): Promise<Called> {
    const [encoded, buffers] = this.encode(args);
    return called(await this.ask({type: 'invoke', handle, method, args: encoded}, buffers));
  }

  /** The gradients of sum(target(...args) · dy) with respect to the tensors at `wrt`: a list as long as `wrt`. */
  async gradient(target: string, args: readonly Plain[], wrt: readonly number[], dy: TensorData): Promise<Called> {
    const [encoded, buffers] = this.encode([...args, dy]);
    return called(await this.ask({type: 'gradient', target, args: encoded.slice(0, -1), wrt, dy: encoded.at(-1)!}, buffers));
  }

  /** Hands a comm message over; resolves when its handlers in the session are done with it. @throws SessionEnded, RangeError for one too large */
  async comm(message: CommMessage, buffers: readonly Uint8Array[], started: (id: number) => void): Promise<Done> {
    let id = 0;
    const asked = this.ask({type: 'comm', ...message}, buffers, own => {
      this.beside.add((id = own));
      started(own);
    });
    try {
      return await asked;
    } finally {
      this.beside.delete(id);
    }
  }

  /** Stops what runs: each is answered with the error `Interrupted`, by the session or, where that cannot, by this end. */
  interrupt(): void {
    if (this.end) return;
    const lanes = new Set<number>();
    const ids: number[] = [];
    for (const [id, {lane}] of this.pending) {
      // What waits behind another request of its lane does not run yet; comm messages wait for nothing.
      if (!this.beside.has(id)) {
        if (lanes.has(lane)) continue;
        lanes.add(lane);
      }
      ids.push(id);
      setTimeout(() => this.settle(id, {status: 'error', error: interrupted}), interruptGraceMs).unref();
    }
    const control: Control = {type: 'interrupt', ids};
    if (ids.length) for (const piece of encodeFrame({...control})) this.streams.control.write(piece);
  }

  private ask(body: Body<Request>, buffers: readonly Uint8Array[], started?: (id: number) => void): Promise<Answer> {
    if (this.end) return Promise.reject(this.end);
    // Ids rise by steps that nobody can guess: code that forges an answer to a request that is still to come is found out.
    const id = this.lastId + randomInt(1, largestIdStep);
    this.lastId = id;
    if (body.type !== 'comm') this.lastInLine = id;
    this.asked.add(id);
    started?.(id);
    return new Promise((resolve, reject) => {
      const pieces = encodeFrame({...body, id}, buffers);
      this.pending.set(id, {lane: ('lane' in body && body.lane) || 0, resolve, reject});
      for (const piece of pieces) this.streams.requests.write(piece);
    });
  }

  private encode(args: readonly Plain[]): [Encoded[], Uint8Array[]] {
    const buffers: Uint8Array[] = [];
    return [args.map(arg => encodeValue(arg, buffers, this.options.valueLimits)), buffers];
  }

  /** What comes from no request that is known belongs to the oldest that is pending, comm messages last; when none is, to the last. */
  private running(): number {
    for (const id of this.pending.keys()) if (!this.beside.has(id)) return id;
    for (const id of this.beside) return id;
    return this.lastInLine;
  }

  private read(events: Readable): void {
    const decoder = new FrameDecoder(this.options.frameLimits);
    events.on('data', (chunk: Buffer) => {
      if (this.end) return;
      try {
        for (const frame of decoder.push(chunk)) this.take(parseEvent(frame), frame.buffers);
      } catch (cause) {
        if (!(cause instanceof FrameError || cause instanceof ValueError)) throw cause;
        this.finish({reason: 'protocol', message: `The session broke the protocol: ${cause.message}`}, cause);
      }
    });
    events.on('error', () => {});
    const closed = async (): Promise<void> => {
      // Its last words are on stderr: an abort's reason, a native library's complaint.
      await Promise.all(Object.values(this.native).map(native => native.ended(lastWordsMs)));
      // An answer that came before the end counts.
      afterTurns(turnsToHear, () => this.finish({reason: 'exit', message: 'The session ended: its process exited or was killed.'}));
    };
    events.on('end', () => void closed());
    events.on('close', () => void closed());
  }

  private take(event: Event, buffers: readonly Uint8Array[]): void {
    if (event.type === 'ready') return this.greet(event);
    if (event.id && !this.asked.has(event.id)) throw new FrameError(`Expected an event of a request that was made, got id ${event.id}`);
    if (event.type !== 'done') return this.tell(event, buffers);
    const {id} = event;
    const answer: Answer =
      event.status === 'error'
        ? {status: 'error', error: event.error}
        : {
            status: 'ok',
            ...(event.bundle ? {bundle: event.bundle} : {}),
            ...(event.value === undefined ? {} : {value: decodeValue(event.value, buffers, this.options.valueLimits)}),
          };
    afterTurns(turnsToHear, () => this.settle(id, answer));
  }

  private greet({version, node, pid}: Event & {type: 'ready'}): void {
    if (version !== wireVersion) throw new FrameError(`Expected wire version ${wireVersion}, got ${version}; build snapgrid again`);
    this.becameReady({node, pid});
  }

  private tell(event: Event, buffers: readonly Uint8Array[] = []): void {
    if (event.type === 'stream' && this.options.outputBytes !== undefined) {
      const printed = (this.printedBytes.get(event.id) ?? 0) + Buffer.byteLength(event.text);
      this.printedBytes.set(event.id, printed);
      // A margin, because the session says itself, once, that it drops the rest.
      if (printed > this.options.outputBytes + 1024) return;
    }
    for (const listener of this.listeners) listener(event, buffers);
  }

  private settle(id: number, answer: Answer): void {
    this.pending.get(id)?.resolve(answer);
    this.pending.delete(id);
  }

  private finish(ended: Ended, cause?: unknown): void {
    if (this.end) return;
    this.end = new SessionEnded(ended, cause);
    this.neverReady(this.end);
    for (const {reject} of this.pending.values()) reject(this.end);
    this.pending.clear();
    this.hasEnded(ended);
  }
}

const interrupted: ThrownError = {
  name: 'Interrupted',
  message: 'The cell was interrupted.',
  traceback: ['Interrupted: The cell was interrupted.'],
};

function called(answer: Answer): Called {
  return answer.status === 'error' ? answer : {status: 'ok', value: answer.value};
}
