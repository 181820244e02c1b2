import fs from 'node:fs';
import {encodeFrame} from '../wire/frames.ts';

// Taken before any cell can replace it.
const {writeSync} = fs;
const pause = new Int32Array(new SharedArrayBuffer(4));

export const eventsDescriptor = 5;

/** Writes a whole frame on fd 5 and waits until it is out. A Socket would deliver nothing while a loop runs. */
export function writeFrame(header: Record<string, unknown>, buffers: readonly Uint8Array[] = []): void {
  for (const piece of encodeFrame(header, buffers)) writeAll(eventsDescriptor, piece);
}

/** Writes all bytes, also where the other end set the descriptor to non-blocking. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.byteLength; ) {
    try {
      start += writeSync(descriptor, bytes, start);
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'EINTR') Atomics.wait(pause, 0, 0, 2);
      else throw error;
    }
  }
}
