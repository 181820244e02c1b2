import {countElements} from '../formats/shape.ts';
import {type Codes, unpack} from '../formats/packing.ts';
import type {QType} from '../formats/qtype.ts';
import {forEachRun, type Granularity, slicesOf} from './granularity.ts';

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

/** A quantized tensor: packed integer codes, and the scales and zero points that give them back their size. x̂ = scale · (code − zeroPoint). */
export class QTensor implements QTensorParts {
  readonly shape: readonly number[];
  readonly qtype: QType;
  readonly granularity: Granularity;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly zeroPoints?: Int32Array<ArrayBuffer>;

  constructor(parts: QTensorParts) {
    this.shape = [...parts.shape];
    this.qtype = parts.qtype;
    this.granularity = parts.granularity;
    this.packed = parts.packed;
    this.scales = parts.scales;
    if (parts.zeroPoints) this.zeroPoints = parts.zeroPoints;
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

  /** The codes one to an element, row-major. */
  codes(): Codes {
    return unpack(this.packed, {bits: this.qtype.bits, signed: this.qtype.signed, length: this.size});
  }

  /** scale · (code − zeroPoint) in float32, row-major. */
  dequantize(): Float32Array<ArrayBuffer> {
    const codes = this.codes();
    const values = new Float32Array(codes.length);
    forEachRun(codes.length, slicesOf(this.shape, this.granularity), (from, to, slice) => {
      const scale = this.scales[slice]!;
      const zeroPoint = this.zeroPoints?.[slice] ?? 0;
      for (let i = from; i < to; i++) values[i] = scale * (codes[i]! - zeroPoint);
    });
    return values;
  }
}
