import type {Readable, Writable} from 'node:stream';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: {readonly message: string};
}

/** What the other side may ask of us, by method. Anything else is answered by null. */
export type Answers = Readonly<Record<string, (params: never) => unknown>>;

/**
 * JSON-RPC as language servers speak it: a header with the length, a blank line, JSON. vscode-jsonrpc does it too, and takes 50 ms of the
 * kernel's time to load, during which no cell starts.
 */
export class JsonRpc {
  private readonly waiting = new Map<number, (message: Message) => void>();
  private unread: Buffer = Buffer.alloc(0);
  private lastId = 0;
  private closed = false;

  constructor(
    input: Readable,
    private readonly output: Writable,
    private readonly answers: Answers,
  ) {
    // A pipe that broke is an ended server: whoever started it hears of that.
    output.on('error', () => {});
    input.on('error', () => {});
    input.on('data', (chunk: Buffer) => this.read(chunk));
  }

  /** The result; undefined where the other side refuses, or is gone. */
  request(method: string, params: object): Promise<unknown> {
    if (this.closed) return Promise.resolve(undefined);
    const id = ++this.lastId;
    return new Promise(resolve => {
      this.waiting.set(id, ({result, error}) => resolve(error ? undefined : result));
      this.send({id, method, params});
    });
  }

  notify(method: string, params: object): void {
    this.send({method, params});
  }

  /** Settles what is still waited for. */
  close(): void {
    this.closed = true;
    for (const settle of this.waiting.values()) settle({});
    this.waiting.clear();
  }

  private send(message: Message): void {
    if (this.closed) return;
    const body = JSON.stringify({jsonrpc: '2.0', ...message});
    // What is told in one turn leaves together: a changed file and the question about it.
    this.output.cork();
    process.nextTick(() => this.output.uncork());
    this.output.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private read(chunk: Buffer): void {
    this.unread = this.unread.length ? Buffer.concat([this.unread, chunk]) : chunk;
    for (;;) {
      const headerEnd = this.unread.indexOf('\r\n\r\n');
      if (headerEnd < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.unread.toString('latin1', 0, headerEnd))?.[1] ?? 0);
      const end = headerEnd + 4 + length;
      if (this.unread.length < end) return;
      const message = parsed(this.unread.toString('utf8', headerEnd + 4, end));
      this.unread = this.unread.subarray(end);
      if (!message) return this.close(); // what speaks no JSON speaks nothing
      this.take(message);
    }
  }

  private take(message: Message): void {
    const {id, method, params} = message;
    if (method !== undefined) {
      if (id !== undefined) this.send({id, result: this.answers[method]?.(params as never) ?? null});
      return;
    }
    const waiting = this.waiting.get(id as number);
    this.waiting.delete(id as number);
    waiting?.(message);
  }
}

function parsed(body: string): Message | undefined {
  try {
    return JSON.parse(body) as Message;
  } catch {
    return undefined;
  }
}
