import type {CommMessage, MimeBundle} from '../wire/messages.ts';

export interface ChannelOptions {
  readonly metadata?: Record<string, unknown>;
  readonly displayId?: string;
  readonly update?: boolean;
}

type Send = (id: number, bundle: MimeBundle, options: ChannelOptions) => void;

/** Where displays go: to the host of the session, when this process is one. */
export class Channel {
  private last: Promise<void> | undefined;

  constructor(
    private readonly cause: () => number,
    private readonly send: Send,
    readonly clear: (wait: boolean) => void,
    /** Sends a comm message to the front end; undefined where there is none. @throws TypeError, RangeError for what cannot travel */
    readonly comm?: (message: CommMessage, buffers: readonly Uint8Array[]) => void,
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

  /** What a cell must wait for before it is done. */
  get pending(): Promise<void> | undefined {
    return this.last;
  }
}

let open: Channel | undefined;

export function openChannel(channel: Channel): void {
  open = channel;
}

/** The session's channel; undefined in a process that is no session. */
export const channel = (): Channel | undefined => open;
