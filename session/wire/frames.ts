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
  /** Values and keys in a header, all together; no limit where it is not said. Millions of short keys take seconds to parse, a text of as many bytes takes none. */
  readonly headerMembers?: number;
}

export const defaultFrameLimits: FrameLimits = {headerBytes: 16 * 2 ** 20, payloadBytes: 256 * 2 ** 20};

/** The other side broke the format: nothing that it sent since can be believed. */
export class FrameError extends Error {
  override name = 'FrameError';
}

const prefixBytes = 8;
/** So many chunks are kept as they came before they are put together. */
const looseChunks = 1024;

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
  /** How many of the first chunks were put together from many. */
  private joined = 0;
  private sizes: {header: number; payload: number} | undefined;

  constructor(private readonly limits: FrameLimits = defaultFrameLimits) {}

  *push(chunk: Uint8Array): Generator<Frame> {
    this.keep(chunk);
    for (;;) {
      if (!this.sizes) {
        if (this.available < prefixBytes) return;
        this.sizes = this.readSizes();
      }
      if (this.available < this.sizes.header + this.sizes.payload) return;
      const {header, payload} = this.sizes;
      this.sizes = undefined;
      yield parseFrame(this.take(header), this.take(payload), this.limits.headerMembers);
    }
  }

  /** Bytes may come one by one: an object for each takes a hundred times their room, and so long a list takes minutes to be taken apart. */
  private keep(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.available += chunk.byteLength;
    if (this.chunks.length - this.joined < looseChunks) return;
    this.chunks.push(concat(this.chunks.splice(this.joined)));
    this.joined++;
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
      if (used.byteLength < first.byteLength) this.chunks[0] = first.subarray(used.byteLength);
      else {
        this.chunks.shift();
        if (this.joined) this.joined--;
      }
    }
    this.available -= bytes;
    return whole;
  }
}

function parseFrame(headerBytes: Buffer, payload: Buffer, headerMembers = Infinity): Frame {
  const members = headerBytes.byteLength > headerMembers ? countMembers(headerBytes) : 0;
  if (members > headerMembers) throw new FrameError(`Expected a header of at most ${headerMembers} members, got ${members}`);
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

/** Commas, colons and opening brackets outside of texts: no less than a header's values. */
function countMembers(json: Buffer): number {
  let members = 0;
  for (let i = 0; i < json.byteLength; i++) {
    const byte = json[i];
    if (byte === 0x22) i = endOfText(json, i);
    else if (byte === 0x2c || byte === 0x3a || byte === 0x5b || byte === 0x7b) members++;
  }
  return members;
}

/** Where the text that begins at `start` ends: at the next quotation mark behind an even number of backslashes. */
function endOfText(json: Buffer, start: number): number {
  for (let end = json.indexOf(0x22, start + 1); end >= 0; end = json.indexOf(0x22, end + 1)) {
    let before = end;
    while (json[before - 1] === 0x5c) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return json.byteLength;
}
