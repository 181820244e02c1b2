import fs from 'node:fs';
import {defaultFrameLimits, encodeFrame} from '../wire/frames.ts';

// Taken before any cell can replace it.
const {writeSync} = fs;
const pause = new Int32Array(new SharedArrayBuffer(4));

export const eventsDescriptor = 5;

/**
 * Writes a whole frame on fd 5 and waits until it is out. A Socket would deliver nothing while a loop runs.
 * @throws TypeError for a bundle that is no JSON, RangeError for one that the host would take for noise; then nothing was written
 */
export function writeFrame(header: Record<string, unknown>, buffers: readonly Uint8Array[] = []): void {
  const pieces = encodeFrame(header, buffers);
  const bytes = pieces[0]!.byteLength;
  const {headerBytes, payloadBytes} = defaultFrameLimits;
  if ('bundle' in header && bytes > headerBytes)
    throw new RangeError(`Expected at most ${mebibytes(headerBytes)} MiB to display, got ${mebibytes(bytes)}; display a part of it`);
  if (header['type'] === 'comm') {
    if (bytes > headerBytes)
      throw new RangeError(
        `Expected at most ${mebibytes(headerBytes)} MiB of data in a comm message, got ${mebibytes(bytes)}; send bytes in its buffers`,
      );
    const payload = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    if (payload > payloadBytes)
      throw new RangeError(`Expected at most ${mebibytes(payloadBytes)} MiB of buffers in a comm message, got ${mebibytes(payload)}`);
  }
  for (const piece of pieces) writeAll(eventsDescriptor, piece);
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

/** Writes all bytes, also where the other end set the descriptor to non-blocking. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.byteLength;) {
    try {
      start += writeSync(descriptor, bytes, start);
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'EINTR') Atomics.wait(pause, 0, 0, 2);
      else throw error;
    }
  }
}
