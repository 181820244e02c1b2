/**
 * Frames: the one binary format on the pipes between a session and its host.
 *
 *     u32 LE header bytes | u32 LE payload bytes | header (JSON, UTF-8) | payload (the buffers, end to end)
 *
 * The header's `buffers` lists the length in bytes of each buffer. Sizes are checked before anything is allocated.
 */

/** What a frame carries: a JSON header and binary buffers beside it (tensors are never JSON). */
export interface Frame {
  readonly header: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

export interface FrameLimits {
  readonly headerBytes: number;
  readonly payloadBytes: number;
}

export const defaultFrameLimits: FrameLimits = {headerBytes: 16 * 2 ** 20, payloadBytes: 256 * 2 ** 20};

/** The other side broke the format: nothing that it sent since can be believed. */
export class FrameError extends Error {
  override name = 'FrameError';
}

const prefixBytes = 8;

// Taken before any cell can replace them.
const {parse, stringify} = JSON;
const {allocUnsafe, concat, from} = Buffer;

/** Returns the frame's bytes, in pieces that are to be written one after another. */
export function encodeFrame(header: Record<string, unknown>, buffers: readonly Uint8Array[] = []): Uint8Array[] {
  const json = from(stringify(buffers.length ? {...header, buffers: buffers.map(b => b.byteLength)} : header));
  const prefix = allocUnsafe(prefixBytes);
  prefix.writeUInt32LE(json.byteLength, 0);
  prefix.writeUInt32LE(
    buffers.reduce((sum, b) => sum + b.byteLength, 0),
    4,
  );
  return [concat([prefix, json]), ...buffers];
}

/** Takes bytes as they arrive and gives back whole frames. Throws FrameError at the first byte that cannot be right. */
export class FrameDecoder {
  private chunks: Uint8Array[] = [];
  private available = 0;
  private sizes: {header: number; payload: number} | undefined;

  constructor(private readonly limits: FrameLimits = defaultFrameLimits) {}

  *push(chunk: Uint8Array): Generator<Frame> {
    this.chunks.push(chunk);
    this.available += chunk.byteLength;
    for (;;) {
      if (!this.sizes) {
        if (this.available < prefixBytes) return;
        this.sizes = this.readSizes();
      }
      if (this.available < this.sizes.header + this.sizes.payload) return;
      const {header, payload} = this.sizes;
      this.sizes = undefined;
      yield parseFrame(this.take(header), this.take(payload));
    }
  }

  private readSizes(): {header: number; payload: number} {
    const prefix = this.take(prefixBytes);
    const sizes = {header: prefix.readUInt32LE(0), payload: prefix.readUInt32LE(4)};
    if (sizes.header < 2 || sizes.header > this.limits.headerBytes)
      throw new FrameError(`Expected a header of 2 to ${this.limits.headerBytes} bytes, got ${sizes.header}`);
    if (sizes.payload > this.limits.payloadBytes)
      throw new FrameError(`Expected a payload of at most ${this.limits.payloadBytes} bytes, got ${sizes.payload}`);
    return sizes;
  }

  private take(bytes: number): Buffer {
    const whole = allocUnsafe(bytes);
    let filled = 0;
    while (filled < bytes) {
      const first = this.chunks[0]!;
      const used = first.subarray(0, bytes - filled);
      whole.set(used, filled);
      filled += used.byteLength;
      if (used.byteLength === first.byteLength) this.chunks.shift();
      else this.chunks[0] = first.subarray(used.byteLength);
    }
    this.available -= bytes;
    return whole;
  }
}

function parseFrame(headerBytes: Buffer, payload: Buffer): Frame {
  let header: unknown;
  try {
    header = parse(headerBytes.toString('utf8'));
  } catch (cause) {
    throw new FrameError('Expected a header in JSON', {cause});
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new FrameError('Expected a JSON object as header');
  const {buffers: lengths = [], ...rest} = header as {buffers?: unknown};
  if (!Array.isArray(lengths) || !lengths.every(n => Number.isSafeInteger(n) && n >= 0)) throw new FrameError('Expected buffer lengths');
  if (lengths.reduce((sum, n) => sum + n, 0) !== payload.byteLength) throw new FrameError('Buffer lengths do not add up to the payload');
  let start = 0;
  return {header: rest, buffers: lengths.map((length: number) => payload.subarray(start, (start += length)))};
}
