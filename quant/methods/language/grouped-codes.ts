import {decodeFloats, encodeFloats} from '../../formats/float-codes.ts';
import type {FloatFormat} from '../../formats/float-format.ts';
import {codesArray, pack, unpack} from '../../formats/packing.ts';
import {roundHalfToEven} from '../../formats/round.ts';

/** Which elements of a block [elements] share a scale: those at group · between + i · step, i < size. */
export interface GroupLayout {
  readonly groups: number;
  readonly size: number;
  readonly between: number;
  readonly step: number;
}

/** Blocks of one layout, each quantized as it comes and never again: x̂ = code · scale + minimum, one scale and minimum to a group. */
export class GroupedCodes {
  private readonly codes = new GrowingBytes();
  private readonly scales = new GrowingBytes();
  private readonly minima = new GrowingBytes();

  constructor(
    private readonly layout: GroupLayout,
    private readonly bits: number,
    private readonly scaleFormat: FloatFormat,
  ) {}

  /** Bytes of codes, scales and minima. */
  get byteLength(): number {
    return this.codes.length + this.scales.length + this.minima.length;
  }

  /** scale = (max − min) / (2^bits − 1), code = clamp(round((x − min) / scale)); scale and min are rounded to their format before codes are made. */
  append(block: Float32Array): void {
    const {groups, size, between, step} = this.layout;
    const most = 2 ** this.bits - 1;
    const [scales, minima] = [new Float32Array(groups), new Float32Array(groups)];
    for (let group = 0; group < groups; group++) {
      let [min, max] = [Infinity, -Infinity];
      for (let i = 0, at = group * between; i < size; i++, at += step) {
        min = Math.min(min, block[at]!);
        max = Math.max(max, block[at]!);
      }
      minima[group] = min;
      scales[group] = Math.fround(max - min) / most;
    }
    const [storedScales, storedMinima] = [this.stored(scales), this.stored(minima)];
    const codes = codesArray(groups * size, {bits: this.bits, signed: false});
    for (let group = 0; group < groups; group++) {
      // Equal values have a scale of 0: they are all the minimum.
      const [scale, min] = [storedScales.values[group]! || 1, storedMinima.values[group]!];
      for (let i = 0, at = group * between; i < size; i++, at += step)
        codes[at] = roundHalfToEven(Math.min(Math.max(Math.fround(Math.fround(block[at]! - min) / scale), 0), most));
    }
    this.codes.append(pack(codes, this.bits));
    this.scales.append(storedScales.bytes);
    this.minima.append(storedMinima.bytes);
  }

  /** code · scale + minimum of all blocks, in float32, one block after the other. */
  dequantize(into: Float32Array): void {
    const {groups, size, between, step} = this.layout;
    const [scales, minima] = [this.scales, this.minima].map(bytes => decodeFloats(this.typed(bytes.copy()), this.scaleFormat));
    const blocks = scales!.length / groups;
    const codes = unpack(this.codes.copy(), {bits: this.bits, signed: false, length: blocks * groups * size});
    for (let block = 0; block < blocks; block++)
      for (let group = 0; group < groups; group++) {
        const [scale, min] = [scales![block * groups + group]!, minima![block * groups + group]!];
        for (let i = 0, at = block * groups * size + group * between; i < size; i++, at += step)
          into[at] = Math.fround(codes[at]! * scale) + min;
      }
  }

  private stored(values: Float32Array): {readonly values: Float32Array; readonly bytes: Uint8Array} {
    const codes = encodeFloats(values, this.scaleFormat);
    return {values: decodeFloats(codes, this.scaleFormat), bytes: new Uint8Array(codes.buffer)};
  }

  private typed({buffer}: Uint8Array<ArrayBuffer>): ArrayLike<number> {
    const {bits} = this.scaleFormat;
    return bits <= 8 ? new Uint8Array(buffer) : bits <= 16 ? new Uint16Array(buffer) : new Uint32Array(buffer);
  }
}

/** Bytes that are only ever added to. */
class GrowingBytes {
  length = 0;
  private room = new Uint8Array(1024);

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.room.length) {
      const room = new Uint8Array(2 * (this.length + bytes.length));
      room.set(this.room.subarray(0, this.length));
      this.room = room;
    }
    this.room.set(bytes, this.length);
    this.length += bytes.length;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.room.slice(0, this.length);
  }
}
