import {closeSync, fstatSync, openSync, readSync, statSync} from 'node:fs';

/** Bytes that are read in pieces: a file of any size, or what is in memory. */
export interface ByteSource {
  readonly byteLength: number;
  /** The bytes from `at` on. @throws RangeError where there are not that many */
  read(at: number, length: number): Uint8Array<ArrayBuffer>;
  /** Lets go of the file. */
  close(): void;
}

/** Bytes in memory as what the readers of files read from; a piece is a copy. Its `read` throws RangeError outside them. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read(at, length) {
      expectInside(at, length, bytes.byteLength);
      // A copy by `new Uint8Array`: the slice of a Buffer is a view of all of it.
      return new Uint8Array(bytes.subarray(at, at + length));
    },
    close() {},
  };
}

/**
 * A file as what readers read from, in pieces; it is open until `close`.
 * @throws RangeError where it is a folder, a pipe or a device; Error of Node's where the file cannot be opened
 */
export function fileSource(path: string): ByteSource {
  // Before it is opened: to open a pipe that nothing writes to waits for ever.
  const stats = statSync(path);
  if (!stats.isFile())
    throw new RangeError(
      stats.isDirectory()
        ? 'Expected a file, got a folder; give the file in it that holds the weights'
        : 'Expected a file, whose parts are read in any order, got a pipe or a device; save it as a file first',
    );
  const file = openSync(path, 'r');
  const byteLength = fstatSync(file).size;
  return {
    byteLength,
    read(at, length) {
      expectInside(at, length, byteLength);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const count = readSync(file, bytes, done, length - done, at + done);
        if (count === 0)
          throw new RangeError(`Expected ${length} bytes at ${at} of ${path}, got ${done}: the file became shorter meanwhile`);
        done += count;
      }
      return bytes;
    },
    close: () => closeSync(file),
  };
}

function expectInside(at: number, length: number, byteLength: number): void {
  if (at < 0 || length < 0 || at + length > byteLength)
    throw new RangeError(`Expected ${length} bytes at ${at}, got a file of ${byteLength}; it is cut off`);
}
