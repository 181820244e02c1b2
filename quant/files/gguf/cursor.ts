import type {ByteSource} from '../source.ts';
import {type GgufValue, layouts, type Scalar, type ScalarType, valueTypes} from './values.ts';

const chunkBytes = 65536;
const utf8 = new TextDecoder('utf-8', {fatal: true});

/** Reads a header from front to back. Whatever a file says of its own sizes is held against the bytes that are left before room is made for it. */
export class Cursor {
  at = 0;
  private chunk = new DataView(new ArrayBuffer(0));
  private chunkAt = 0;

  constructor(private readonly source: ByteSource) {}

  get left(): number {
    return this.source.byteLength - this.at;
  }

  uint32(what: string): number {
    return this.take(4, what, (view, at) => view.getUint32(at, true));
  }

  uint64(what: string): bigint {
    return this.take(8, what, (view, at) => view.getBigUint64(at, true));
  }

  /** How many things of at least `bytesEach` follow. @throws RangeError where the file is too short for that many */
  count(what: string, bytesEach: number): number {
    const count = this.uint64(`the number of ${what}`);
    if (count * BigInt(bytesEach) > BigInt(this.left))
      throw new RangeError(`Expected ${what} that fit the ${this.left} bytes left of the file, got ${count} of them; the file is damaged`);
    return Number(count);
  }

  string(what: string): string {
    const length = this.count(`bytes of ${what}`, 1);
    const bytes = this.source.read(this.at, length);
    this.at += length;
    try {
      return utf8.decode(bytes);
    } catch {
      throw new RangeError(`Expected ${what} to be UTF-8 text; the file is damaged`);
    }
  }

  value(key: string): GgufValue {
    const type = this.typeOf(key);
    if (type !== 'array') return {type, value: this.scalar(type, key)} as GgufValue;
    const of = this.typeOf(key);
    if (of === 'array') throw new RangeError(`Expected the list of ${key} to hold plain values, got lists in a list`);
    const length = this.count(`items of ${key}`, of === 'string' ? 8 : layouts[of].bytes);
    return {type, of, value: Array.from({length}, () => this.scalar(of, key))};
  }

  private typeOf(key: string): GgufValue['type'] {
    const number = this.uint32(`the type of ${key}`);
    const type = valueTypes[number];
    if (!type) throw new RangeError(`Expected ${key} to have a type from 0 to ${valueTypes.length - 1}, got ${number}`);
    return type;
  }

  private scalar(type: ScalarType, key: string): Scalar {
    if (type === 'string') return this.string(key);
    const {bytes, read} = layouts[type];
    return this.take(bytes, key, read);
  }

  private take<T>(bytes: number, what: string, read: (view: DataView, at: number) => T): T {
    if (bytes > this.left) throw new RangeError(`Expected ${what} at byte ${this.at}, got the end of the file; it is cut off`);
    if (this.at < this.chunkAt || this.at + bytes > this.chunkAt + this.chunk.byteLength) {
      this.chunk = new DataView(this.source.read(this.at, Math.min(chunkBytes, this.left)).buffer);
      this.chunkAt = this.at;
    }
    const value = read(this.chunk, this.at - this.chunkAt);
    this.at += bytes;
    return value;
  }
}
