import {countElements} from '../formats/shape.ts';
import {type Codes, unpack} from '../formats/packing.ts';
import {deserializeQTensor, serializeQTensor} from '../files/qtensors.ts';
import type {QType} from '../formats/qtype.ts';
import {type Granularity, slicesOf} from './granularity.ts';

/** What a QTensor is made of. */
export interface QTensorParts {
  readonly shape: readonly number[];
  readonly qtype: QType;
  readonly granularity: Granularity;
  /** The codes, packed: see `pack`. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** One for each slice of the granularity. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Without them, all are 0. */
  readonly zeroPoints?: Int32Array<ArrayBuffer>;
}

/**
 * A quantized tensor: packed integer codes, and the scales and zero points that give them back their size, x̂ = scale · (code − zeroPoint).
 * It stays packed: codes and values are made when they are asked for, all or a piece, and not kept.
 */
export class QTensor implements QTensorParts {
  readonly shape: readonly number[];
  readonly qtype: QType;
  readonly granularity: Granularity;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly zeroPoints?: Int32Array<ArrayBuffer>;

  /** @throws RangeError where the numbers of bytes, scales or zero points are not those of shape, type and granularity */
  constructor(parts: QTensorParts) {
    const {shape, qtype, granularity, packed, scales, zeroPoints} = parts;
    const {count} = slicesOf(shape, granularity);
    const bytes = Math.ceil((countElements(shape) * qtype.bits) / 8);
    if (packed.length !== bytes)
      throw new RangeError(`Expected ${bytes} bytes of codes for shape [${shape.join(', ')}] of ${qtype.name}, got ${packed.length}`);
    if (scales.length !== count) throw new RangeError(`Expected ${count} scales for this shape and granularity, got ${scales.length}`);
    if (zeroPoints && zeroPoints.length !== count)
      throw new RangeError(`Expected ${count} zero points, one a scale, got ${zeroPoints.length}`);
    this.shape = [...shape];
    this.qtype = qtype;
    this.granularity = granularity;
    this.packed = packed;
    this.scales = scales;
    if (zeroPoints) this.zeroPoints = zeroPoints;
  }

  /** What `serialize` gave. @throws RangeError naming what is wrong with the bytes, before room is made for what they claim */
  static deserialize(bytes: Uint8Array): QTensor {
    return new QTensor(deserializeQTensor(bytes));
  }

  /** All of it as the bytes of a safetensors file, codes packed; `writeQTensors` puts many in one file. */
  serialize(): Uint8Array<ArrayBuffer> {
    return serializeQTensor(this);
  }

  /** The number of elements. */
  get size(): number {
    return countElements(this.shape);
  }

  /** Bytes of codes, scales and zero points together, as they lie in memory. */
  get byteLength(): number {
    return this.packed.byteLength + this.scales.byteLength + (this.zeroPoints?.byteLength ?? 0);
  }

  /** Bits of memory for each element, scales and zero points included; NaN without elements. */
  get bitsPerElement(): number {
    return (this.byteLength * 8) / this.size;
  }

  /** The codes one to an element, row-major: all, or those of the elements `from` … `to` − 1. @throws RangeError where there are no such elements */
  codes(from = 0, to = this.size): Codes {
    this.expectPiece(from, to);
    const {bits, signed} = this.qtype;
    // Eight codes fill whole bytes, whatever their width.
    const start = from - (from % 8);
    const bytes = this.packed.subarray((start / 8) * bits, Math.ceil((to * bits) / 8));
    const codes = unpack(bytes, {bits, signed, length: to - start});
    return start === from ? codes : codes.slice(from - start);
  }

  /** scale · (code − zeroPoint) in float32, row-major: all, or the elements `from` … `to` − 1. @throws RangeError where there are no such elements */
  dequantize(from = 0, to = this.size): Float32Array<ArrayBuffer> {
    const codes = this.codes(from, to);
    const values = new Float32Array(codes.length);
    const {count, run} = slicesOf(this.shape, this.granularity);
    for (let at = from; at < to;) {
      const nth = Math.floor(at / run);
      const scale = this.scales[nth % count]!;
      const zeroPoint = this.zeroPoints?.[nth % count] ?? 0;
      for (const end = Math.min((nth + 1) * run, to); at < end; at++) values[at - from] = scale * (codes[at - from]! - zeroPoint);
    }
    return values;
  }

  private expectPiece(from: number, to: number): void {
    const {size} = this;
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= size))
      throw new RangeError(`Expected whole numbers 0 ≤ from ≤ to ≤ ${size}, got ${from} and ${to}`);
  }
}
