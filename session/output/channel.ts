import type {CommMessage, MimeBundle} from '../wire/messages.ts';

export interface ChannelOptions {
  readonly metadata?: Record<string, unknown>;
  readonly displayId?: string;
  readonly update?: boolean;
}

/** A run of a cell: its request, and what the page calls the cell, where it does. */
export interface CellRun {
  readonly request: number;
  readonly id?: string | undefined;
}

type Send = (id: number, bundle: MimeBundle, options: ChannelOptions) => void;

/** Where displays go: to the host of the session, when this process is one. */
export class Channel {
  private last: Promise<void> | undefined;
  private readonly unfinished = new Set<() => void>();
  private readonly held = new Set<Promise<void>>();
  private readonly interruptions = new Map<object, () => void>();
  private running: CellRun | undefined;

  constructor(
    /** The request that what happens now belongs to. */
    readonly cause: () => number,
    private readonly send: Send,
    readonly clear: (wait: boolean) => void,
    /** Sends a comm message to the front end; undefined where there is none. @throws TypeError, RangeError for what cannot travel */
    readonly comm?: (message: CommMessage, buffers: readonly Uint8Array[]) => void,
    /** Gives what is printed from now on, on behalf of what runs now, to `sink`; called, what it returns ends that. */
    readonly redirect: (sink: (text: string) => void) => () => void = () => () => {},
  ) {}

  /** Sends a display after those that came before it; at once where nothing is awaited. */
  display(bundle: MimeBundle | Promise<MimeBundle>, options: ChannelOptions): Promise<void> {
    const id = this.cause();
    if (!this.last && !(bundle instanceof Promise)) {
      this.send(id, bundle, options);
      return Promise.resolve();
    }
    const before = this.last?.catch(() => {});
    const sent = Promise.all([bundle, before]).then(([shown]) => this.send(id, shown, options));
    const last = sent.finally(() => {
      if (this.last === last) this.last = undefined;
    });
    return (this.last = last);
  }

  /** Called once, before the cell that runs is done: a picture that is drawn now and then shows its last state. */
  beforeDone(finish: () => void): void {
    this.unfinished.add(finish);
  }

  /** Shows what is still to be shown; gives what a cell must wait for before it is done. */
  finish(): Promise<void> | undefined {
    const last = [...this.unfinished];
    this.unfinished.clear();
    for (const each of last) each();
    return this.held.size ? Promise.all([this.last, ...this.held]).then(() => {}) : this.last;
  }

  /** Makes what is running now wait for the promise too. */
  hold(promise: Promise<void>): Promise<void> {
    this.held.add(promise);
    const over = (): void => void this.held.delete(promise);
    promise.then(over, over);
    return promise;
  }

  /** The cell whose code is running now; undefined in a comm's handler, and in what a cell left behind. */
  get cell(): CellRun | undefined {
    return this.running?.request === this.cause() ? this.running : undefined;
  }

  begin(cell: CellRun): void {
    this.running = cell;
  }

  /** What waited may wait for ever now: nothing else may wait for it. */
  interrupted(): void {
    this.last = undefined;
    this.held.clear();
    for (const tell of this.interruptions.values()) tell();
  }

  /** Calls `tell` after each interrupt, until it is taken back. */
  whenInterrupted(who: object, tell: (() => void) | undefined): void {
    if (tell) this.interruptions.set(who, tell);
    else this.interruptions.delete(who);
  }
}

let open: Channel | undefined;

export function openChannel(channel: Channel): void {
  open = channel;
}

/** The session's channel; undefined in a process that is no session. */
export const channel = (): Channel | undefined => open;
