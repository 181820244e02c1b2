import type {Readable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';

/**
 * What native code and children write on the session's stdout or stderr. The session writes a marker there before each `done`;
 * `drained` tells when it has come, and takes it out of the text.
 */
export class NativeOutput {
  private nonce: Buffer | undefined;
  private held = Buffer.alloc(0);
  private drainedTo = 0;
  private closed = false;
  private readonly decoder = new StringDecoder('utf8');
  private readonly waiting = new Set<() => void>();

  constructor(
    stream: Readable,
    private readonly write: (text: string) => void,
  ) {
    stream.on('data', (chunk: Buffer) => this.push(chunk));
    stream.on('error', () => {});
    stream.on('close', () => this.close());
    stream.on('end', () => this.close());
  }

  /** From now on `\0nonce:n\0` is a marker. */
  expect(nonce: string): void {
    this.nonce = Buffer.from(`\0${nonce}:`);
  }

  /** Resolves when everything written before the n-th marker has been passed on, or after `timeoutMs`. */
  drained(n: number, timeoutMs: number): Promise<void> {
    if (this.drainedTo >= n || this.closed) return Promise.resolve();
    return new Promise(resolve => {
      const check = (): void => {
        if (this.drainedTo < n && !this.closed && !expired) return;
        this.waiting.delete(check);
        clearTimeout(timer);
        resolve();
      };
      let expired = false;
      const timer = setTimeout(() => {
        expired = true;
        check();
      }, timeoutMs);
      this.waiting.add(check);
    });
  }

  private push(chunk: Buffer): void {
    let rest = this.held.length ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = Buffer.alloc(0);
    while (this.nonce) {
      const start = rest.indexOf(this.nonce);
      const end = start < 0 ? -1 : rest.indexOf(0, start + this.nonce.length);
      if (end < 0) break;
      this.emit(rest.subarray(0, start));
      const n = Number(rest.subarray(start + this.nonce.length, end).toString('latin1'));
      if (Number.isSafeInteger(n)) this.drainedTo = Math.max(this.drainedTo, n);
      rest = rest.subarray(end + 1);
      for (const check of this.waiting) check();
    }
    const keep = this.nonce ? startOfMarker(rest, this.nonce) : rest.length;
    this.emit(rest.subarray(0, keep));
    this.held = Buffer.from(rest.subarray(keep));
  }

  private emit(bytes: Buffer): void {
    const text = this.decoder.write(bytes);
    if (text) this.write(text);
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.emit(this.held);
    const last = this.decoder.end();
    if (last) this.write(last);
    for (const check of this.waiting) check();
  }
}

/** Where an unfinished marker may begin: the bytes from there on wait for the next chunk. */
function startOfMarker(bytes: Buffer, nonce: Buffer): number {
  const digits = 20;
  for (let at = bytes.indexOf(0, Math.max(0, bytes.length - nonce.length - digits)); at >= 0; at = bytes.indexOf(0, at + 1)) {
    const length = Math.min(nonce.length, bytes.length - at);
    if (bytes.compare(nonce, 0, length, at, at + length) === 0) return at;
  }
  return bytes.length;
}
