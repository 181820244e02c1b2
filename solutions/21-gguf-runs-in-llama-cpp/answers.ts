import type {GgufTensor, MetadataEntry} from '../../exercises/21-gguf-runs-in-llama-cpp/interface.ts';

/** The 16 bits of the float16 number nearest to x, sign included. */
export function float16Bits(x: number): number {
  const size = Math.abs(x);
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  return (x < 0 ? 0x8000 : 0) + (exponent + 14) * 1024 + Math.round(size / 2 ** (exponent - 10));
}

/** The number that 16 bits of float16 stand for. */
export function float16Value(bits: number): number {
  const size = bits & 0x7fff;
  const exponent = Math.max(1, size >> 10);
  return (bits & 0x8000 ? -1 : 1) * (size - (exponent - 1) * 1024) * 2 ** (exponent - 25);
}

/**
 * Each block: the scale absMax / 127 as float16, then 32 signed bytes. The codes belong to the scale before its rounding to float16, as in ggml.
 * `Math.fround` rounds to float32 where ggml computes in float32; so the bytes are ggml's even where a value lies on the edge between two codes.
 */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / 32; block++) {
    const x = values.subarray(32 * block, 32 * block + 32);
    const absMax = x.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const scale = Math.fround(absMax / 127);
    // A block of zeros has scale 0: its codes are 0, not 0 / 0.
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    view.setUint16(34 * block, float16Bits(scale), true);
    x.forEach((value, i) => {
      const steps = Math.fround(value * inverse);
      view.setInt8(34 * block + 2 + i, Math.sign(steps) * Math.round(Math.abs(steps)));
    });
  }
  return bytes;
}

/**
 * Each block: a float16 scale, then 16 bytes with two codes each. The scale is the value of largest magnitude, sign and all, over −8:
 * that value gets code 0 and is restored best. Code i is in the low half of byte i, code i + 16 in its high half.
 */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 18);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / 32; block++) {
    const x = values.subarray(32 * block, 32 * block + 32);
    const extreme = x.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    const scale = Math.fround(extreme / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    // From −8 … 7 to 0 … 15: plus 8, and plus a half, so that cutting off the fraction is rounding. What would be 16 is cut to 15.
    const codeOf = (value: number): number => Math.min(15, Math.trunc(Math.fround(Math.fround(value * inverse) + 8.5)));
    view.setUint16(18 * block, float16Bits(scale), true);
    for (let i = 0; i < 16; i++) bytes[18 * block + 2 + i] = codeOf(x[i]!) | (codeOf(x[i + 16]!) << 4);
  }
  return bytes;
}

/** Bytes that grow at their end; numbers are little-endian. */
export class Bytes {
  private readonly all: number[] = [];
  private readonly view = new DataView(new ArrayBuffer(8));

  get length(): number {
    return this.all.length;
  }

  uint8(n: number): void {
    this.all.push(n & 255);
  }

  uint32(n: number): void {
    this.view.setUint32(0, n, true);
    this.raw(new Uint8Array(this.view.buffer, 0, 4));
  }

  uint64(n: number): void {
    this.view.setBigUint64(0, BigInt(n), true);
    this.raw(new Uint8Array(this.view.buffer));
  }

  float32(x: number): void {
    this.view.setFloat32(0, x, true);
    this.raw(new Uint8Array(this.view.buffer, 0, 4));
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.all.push(byte);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.all);
  }
}

/** Header, metadata, one info for each tensor; then, from the next multiple of 32 on, the tensors' bytes, each begun on a multiple of 32. */
export function writeGguf(metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]): Uint8Array {
  const types = {uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9};
  const padded = (length: number): number => Math.ceil(length / 32) * 32;
  const file = new Bytes();
  const text = (value: string): void => {
    // The length counts bytes: in UTF-8 a letter can take several.
    const utf8 = new TextEncoder().encode(value);
    file.uint64(utf8.length);
    file.raw(utf8);
  };
  const scalar = (type: keyof typeof types, value: unknown): void => {
    if (type === 'string') text(String(value));
    else if (type === 'bool') file.uint8(Number(value));
    else if (type === 'float32') file.float32(Number(value));
    else file.uint32(Number(value));
  };
  file.raw(new TextEncoder().encode('GGUF'));
  file.uint32(3); // the version
  file.uint64(tensors.length);
  file.uint64(metadata.length);
  for (const entry of metadata) {
    text(entry.key);
    file.uint32(types[entry.type]);
    if (entry.type === 'array') {
      file.uint32(types[entry.of]);
      file.uint64(entry.value.length);
      for (const item of entry.value) scalar(entry.of, item);
    } else scalar(entry.type, entry.value);
  }
  let offset = 0;
  for (const {name, shape, type, bytes} of tensors) {
    text(name);
    file.uint32(shape.length);
    // ggml names the innermost axis first.
    for (const n of [...shape].reverse()) file.uint64(n);
    file.uint32(type);
    // Counted from where the data begins, not from the beginning of the file.
    file.uint64(offset);
    offset += padded(bytes.length);
  }
  const pad = (): void => file.raw(new Uint8Array(padded(file.length) - file.length));
  pad();
  for (const {bytes} of tensors) {
    file.raw(bytes);
    pad();
  }
  return file.finish();
}

/**
 * Each super-block of 256 values: two float16 numbers, 12 bytes with eight scales and eight minimums of 6 bits each, 128 bytes of 4-bit codes.
 * value = d · scale · code − dmin · min
 */
export function dequantizeQ4_K(bytes: Uint8Array): Float32Array {
  const values = new Float32Array((bytes.length / 144) * 256);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0; block < bytes.length / 144; block++) {
    const at = 144 * block;
    const d = float16Value(view.getUint16(at, true));
    const dmin = float16Value(view.getUint16(at + 2, true));
    const packed = bytes.subarray(at + 4, at + 16);
    const codes = bytes.subarray(at + 16, at + 144);
    for (let sub = 0; sub < 8; sub++) {
      // The first four: the low six bits of a byte of their own. The last four: four low bits in bytes 8 to 11, two high bits on top of the first ones' bytes.
      const scale = sub < 4 ? packed[sub]! & 63 : (packed[sub + 4]! & 15) | ((packed[sub - 4]! >> 6) << 4);
      const min = sub < 4 ? packed[sub + 4]! & 63 : (packed[sub + 4]! >> 4) | ((packed[sub]! >> 6) << 4);
      for (let i = 0; i < 32; i++) {
        // Two sub-blocks share 32 bytes: the even one has the low halves, the odd one the high halves.
        const byte = codes[32 * (sub >> 1) + i]!;
        const code = sub % 2 === 0 ? byte & 15 : byte >> 4;
        values[256 * block + 32 * sub + i] = d * scale * code - dmin * min;
      }
    }
  }
  return values;
}
