import type {Readable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';

/** What native code and children write on the session's stdout or stderr, as text. */
export class NativeOutput {
  private closed = false;
  private readonly decoder = new StringDecoder('utf8');
  private readonly waiting = new Set<() => void>();

  constructor(
    stream: Readable,
    private readonly write: (text: string) => void,
  ) {
    stream.on('data', (chunk: Buffer) => this.emit(this.decoder.write(chunk)));
    stream.on('error', () => {});
    stream.on('close', () => this.close());
    stream.on('end', () => this.close());
  }

  /** Resolves when nothing more can come, or after `timeoutMs`. */
  ended(timeoutMs: number): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise(resolve => {
      const end = (): void => {
        this.waiting.delete(end);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      this.waiting.add(end);
    });
  }

  private emit(text: string): void {
    if (text) this.write(text);
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.emit(this.decoder.end());
    for (const end of this.waiting) end();
  }
}
