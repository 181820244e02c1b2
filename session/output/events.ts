import {describeThrown} from '../evaluate/errors.ts';
import {mainThread, type Shared} from '../life/shared.ts';
import type {Event} from '../wire/messages.ts';
import {trackCauses} from './causes.ts';
import {writeFrame} from './descriptor.ts';

const streams = {stdout: 1, stderr: 2} as const;
const pieceLength = 2 ** 20;

/** Sends events to the host in the order in which they happened, printed text in batches. */
export class EventWriter {
  readonly causes = trackCauses();
  private readonly printedBytes = new Map<number, number>();
  private readonly running = new Set<number>();
  private last = 0;
  private readonly redirected = new Map<number, (text: string) => void>();

  /** `later` asks for the text that waits to be sent, should nothing else send it soon. */
  constructor(
    private readonly shared: Shared,
    private readonly outputBytes: number,
    private readonly later: () => void,
  ) {}

  /** The request that what happens now belongs to. */
  get cause(): number {
    return this.causes.current() ?? this.last;
  }

  /** What is printed on behalf of the request that is worked on now goes to `sink`, until that is taken back. */
  redirect(sink: (text: string) => void): () => void {
    const {cause} = this;
    const before = this.redirected.get(cause);
    this.redirected.set(cause, sink);
    return () => {
      if (this.redirected.get(cause) !== sink) return;
      if (before) this.redirected.set(cause, before);
      else this.redirected.delete(cause);
    };
  }

  print(name: 'stdout' | 'stderr', text: string, id = this.cause): void {
    const sink = this.redirected.get(id);
    if (sink) return sink(text);
    const allowed = this.outputBytes === Infinity ? text : this.cap(id, text);
    if (!allowed) return;
    const {shared} = this;
    shared.lock(mainThread);
    try {
      const first = !shared.buffered;
      if (!shared.append(id, streams[name], allowed)) {
        this.flush();
        if (!shared.append(id, streams[name], allowed))
          for (const piece of pieces(allowed)) writeFrame({type: 'stream', id, name, text: piece});
      } else if (first) this.later();
    } finally {
      shared.unlock();
    }
  }

  /** Sends the text that waits. */
  sendPrinted(): void {
    this.shared.lock(mainThread);
    try {
      this.flush();
    } finally {
      this.shared.unlock();
    }
  }

  send(event: Event, buffers: readonly Uint8Array[] = []): void {
    this.shared.lock(mainThread);
    try {
      this.flush();
      writeFrame({...event}, buffers);
    } finally {
      this.shared.unlock();
    }
  }

  /** Marks a request as running: only such can be interrupted. `enter` happens with it: no interrupt of another comes between. */
  begin(id: number, enter: () => void): void {
    this.shared.lock(mainThread);
    enter();
    this.last = id;
    this.shared.awaitsChildSince = undefined; // an interrupt lets no `finally` say so
    this.running.add(id);
    this.shared.begin(id);
    this.shared.unlock();
  }

  /** The same for a request that is worked on beside the newest one, and does not take its place. */
  beginBeside(id: number, enter: () => void): void {
    this.shared.lock(mainThread);
    enter();
    this.shared.beginBeside(id);
    this.shared.unlock();
  }

  /** Whether it was interrupted before it began: the message of that is on the way, and what begins might not let it in. */
  isInterrupted(id: number): boolean {
    return this.shared.isInterrupted(id);
  }

  /** Answers a request unless `leave`, which no interrupt can cut off from the answer, says that it has been. What it printed arrives before. */
  end(event: Event & {type: 'done'}, buffers: readonly Uint8Array[], leave: () => boolean): void {
    this.shared.lock(mainThread);
    try {
      if (!leave()) return;
      this.shared.end(event.id);
      this.forget(event.id);
      this.flush();
      try {
        writeFrame({...event}, buffers);
      } catch (error) {
        // Its bundle cannot travel: that is how it is answered, as it has to be.
        writeFrame({type: 'done', id: event.id, status: 'error', error: describeThrown(error)});
      }
    } finally {
      this.shared.unlock();
    }
  }

  /** A request is over: what comes without a cause belongs to the newest that still runs. */
  private forget(id: number): void {
    this.running.delete(id);
    const newest = [...this.running].at(-1);
    if (newest === undefined) return;
    this.last = newest;
    this.causes.resume(newest);
  }

  private flush(): void {
    if (this.shared.buffered) writeFrame({type: 'stream', ...this.shared.take()});
  }

  /** What of the text may still go out for this request; says once that the rest is dropped. */
  private cap(id: number, text: string): string {
    const before = this.printedBytes.get(id) ?? 0;
    const bytes = Buffer.byteLength(text);
    this.printedBytes.set(id, before + bytes);
    if (before + bytes <= this.outputBytes) return text;
    if (before > this.outputBytes) return '';
    const fits = Buffer.from(text)
      .subarray(0, this.outputBytes - before)
      .toString('utf8');
    return `${fits}\n[output over ${this.outputBytes} bytes is not shown]\n`;
  }
}

/** Text in pieces that fit into a frame, also when each character takes six in JSON. */
function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = start + pieceLength;
    // Both halves of a character stay together.
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--;
    yield text.slice(start, end);
    start = end;
  }
}
