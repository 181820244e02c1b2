import type {ByteSource} from '../source.ts';

/** How a field's value lies in the bytes: a varint, 8 or 4 bytes, or bytes of a length that is said. */
const wireTypes = {0: 'varint', 1: 'fixed64', 2: 'bytes', 5: 'fixed32'} as const;

/** A field of a protobuf message. */
export interface WireField {
  readonly number: number;
  readonly type: (typeof wireTypes)[keyof typeof wireTypes];
  /** A varint's value, unsigned. */
  readonly value: bigint;
  /** Where the value's bytes lie, without their length. */
  readonly at: number;
  readonly length: number;
}

const chunkBytes = 65536;
const longestText = 65536;
const utf8 = new TextDecoder('utf-8', {fatal: true});

/**
 * Reads protobuf messages where they lie in a file, field by field; nothing is copied but what is asked for, and every length is held against its
 * message's end. Format: https://protobuf.dev/programming-guides/encoding
 */
export class WireReader {
  private chunk = new Uint8Array(0);
  private chunkAt = 0;

  constructor(readonly source: ByteSource) {}

  /** The fields of the message in bytes `from` to `to` − 1. @throws RangeError at the first that is no field or goes beyond it */
  *fields(from: number, to: number, what: string): Generator<WireField> {
    for (let at = from; at < to;) {
      const key = this.varint(at, to, what);
      const number = Number(key.value >> 3n);
      const type = wireTypes[Number(key.value & 7n) as keyof typeof wireTypes];
      if (!type || number < 1 || number >= 2 ** 29)
        throw new RangeError(`Expected a field of ${what} at byte ${at}, got ${key.value}; the file is damaged or is no ONNX model`);
      const {value, end} = type === 'varint' || type === 'bytes' ? this.varint(key.end, to, what) : {value: 0n, end: key.end};
      const [start, length] = type === 'varint' ? [key.end, end - key.end] : [end, type === 'bytes' ? value : type === 'fixed64' ? 8 : 4];
      if (BigInt(length) > BigInt(to - start))
        throw new RangeError(
          `Expected a field of ${what} to end within its ${to - from} bytes, got one of ${length} at byte ${start}; the file is cut off`,
        );
      at = start + Number(length);
      yield {number, type, value: type === 'varint' ? value : 0n, at: start, length: Number(length)};
    }
  }

  /** The fields of a message that is a field's value. @throws RangeError where it is none */
  fieldsOf(field: WireField, what: string): Generator<WireField> {
    const {at, length} = expectType(field, 'bytes', what);
    return this.fields(at, at + length, what);
  }

  /** @throws RangeError where it is no text, or too long a one */
  text(field: WireField, what: string): string {
    const {at, length} = expectType(field, 'bytes', what);
    if (length > longestText) throw new RangeError(`Expected ${what} to have at most ${longestText} bytes, got ${length}`);
    try {
      return utf8.decode(this.source.read(at, length));
    } catch {
      throw new RangeError(`Expected ${what} to be UTF-8 text; the file is damaged`);
    }
  }

  /** A whole number; negative ones as two's complement of 64 bits. */
  integer(field: WireField, what: string): bigint {
    return BigInt.asIntN(64, expectType(field, 'varint', what).value);
  }

  float(field: WireField, what: string): number {
    const {at} = expectType(field, 'fixed32', what);
    return new DataView(this.source.read(at, 4).buffer).getFloat32(0, true);
  }

  /** The whole numbers of a repeated field: one, or packed as many. */
  *integers(field: WireField, what: string): Generator<bigint> {
    if (field.type === 'varint') return yield this.integer(field, what);
    const {at: from, length} = expectType(field, 'bytes', what);
    for (let at = from; at < from + length;) {
      const {value, end} = this.varint(at, from + length, what);
      yield BigInt.asIntN(64, value);
      at = end;
    }
  }

  private varint(from: number, to: number, what: string): {readonly value: bigint; readonly end: number} {
    let value = 0n;
    for (let at = from, shift = 0n; at < to && shift < 70n; at++, shift += 7n) {
      const byte = this.byte(at);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return {value: BigInt.asUintN(64, value), end: at + 1};
    }
    throw new RangeError(`Expected a number of ${what} at byte ${from} to end within it; the file is cut off or damaged`);
  }

  private byte(at: number): number {
    if (at < this.chunkAt || at >= this.chunkAt + this.chunk.length) {
      this.chunk = this.source.read(at, Math.min(chunkBytes, this.source.byteLength - at));
      this.chunkAt = at;
    }
    return this.chunk[at - this.chunkAt]!;
  }
}

function expectType(field: WireField, type: WireField['type'], what: string): WireField {
  if (field.type !== type) throw new RangeError(`Expected ${what} to be stored as ${type}, got ${field.type}; the file is damaged`);
  return field;
}
