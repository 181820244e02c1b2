import {writeHalf} from './half';
import {absMaxOf, bytesOf, largestLane, smallestLane} from './vectors';

/** Where the caller may put values: behind everything that is ours. */
export function free(): usize {
  return __heap_base;
}

export function isFinite(x: usize, n: i32): bool {
  return absMaxOf(x, n) < Infinity;
}

const blockSize = 32;

/** Steps of a block's values, rounded half away from zero: in float32 steps + 0.5 would itself be rounded. */
function awayFromZero(x: usize, inverse: v128): v128 {
  const steps = f32x4.mul(v128.load(x), inverse);
  const magnitude = f32x4.abs(steps);
  const whole = f32x4.trunc(magnitude);
  const one = v128.and(f32x4.ge(f32x4.sub(magnitude, whole), f32x4.splat(0.5)), f32x4.splat(1));
  return i32x4.trunc_sat_f32x4_s(v128.or(f32x4.add(whole, one), v128.and(steps, f32x4.splat(-0.0))));
}

export function q8_0(x: usize, blocks: i32, out: usize): void {
  for (let block = 0; block < blocks; block++, x += 4 * blockSize, out += 34) {
    const scale = absMaxOf(x, blockSize) / 127;
    const inverse: f32 = scale === 0 ? 0 : 1 / scale;
    writeHalf(out, scale);
    // The inverse of a scale below float32's normal numbers may be none: all codes are 0.
    const inverses = f32x4.splat(inverse === Infinity ? 0 : inverse);
    for (let i: usize = 0; i < 32; i += 16) {
      const low = i16x8.narrow_i32x4_s(awayFromZero(x + 4 * i, inverses), awayFromZero(x + 4 * i + 16, inverses));
      const high = i16x8.narrow_i32x4_s(awayFromZero(x + 4 * i + 32, inverses), awayFromZero(x + 4 * i + 48, inverses));
      v128.store(out + 2 + i, i8x16.narrow_i16x8_s(low, high));
    }
  }
}

/** Q4_0 and Q5_0: the number of largest magnitude, of equal ones the first, gets the lowest code. */
export function signedCodes(x: usize, blocks: i32, out: usize, bits: i32): void {
  const middle: f32 = bits === 4 ? 8 : 16;
  for (let block = 0; block < blocks; block++, x += 4 * blockSize) {
    const scale = largestMagnitude(x) / -middle;
    writeHalf(out, scale);
    out = writeCodes(x, 0, scale, middle + 0.5, out + 2, bits);
  }
}

/** Q4_1 and Q5_1: codes from the minimum on. */
export function unsignedCodes(x: usize, blocks: i32, out: usize, bits: i32): void {
  for (let block = 0; block < blocks; block++, x += 4 * blockSize) {
    let least = v128.load(x);
    let most = least;
    for (let i: usize = 16; i < 128; i += 16) {
      least = f32x4.pmin(least, v128.load(x + i));
      most = f32x4.pmax(most, v128.load(x + i));
    }
    let min = smallestLane(least);
    // Of zeros with both signs, the first one's.
    for (let at = x; min === 0; at += 4)
      if (load<f32>(at) === 0) {
        min = load<f32>(at);
        break;
      }
    const scale = (largestLane(most) - min) / (bits === 4 ? 15 : 31);
    writeHalf(out, scale);
    writeHalf(out + 2, min);
    out = writeCodes(x, min, scale, 0.5, out + 4, bits);
  }
}

function largestMagnitude(x: usize): f32 {
  const absMax = absMaxOf(x, blockSize);
  if (absMax === 0) return 0;
  let at = x;
  while (abs(load<f32>(at)) !== absMax) at += 4;
  return load<f32>(at);
}

/** trunc((x − min) / scale + half), at most the last code: fifth bits first, one to a code; then the lower four, code i beside code i + 16. */
function writeCodes(x: usize, min: f32, scale: f32, half: f32, out: usize, bits: i32): usize {
  const inverse: f32 = scale === 0 ? 0 : 1 / scale;
  const end = out + (bits === 5 ? 20 : 16);
  if (abs(inverse) === Infinity) {
    memory.fill(out, 0, end - out);
    return end;
  }
  const last = i8x16.splat(bits === 5 ? 31 : 15);
  const low = i8x16.min_u(sixteen(x, min, inverse, half), last);
  const high = i8x16.min_u(sixteen(x + 64, min, inverse, half), last);
  const fours = i8x16.splat(15);
  v128.store(end - 16, v128.or(v128.and(low, fours), i8x16.shl(v128.and(high, fours), 4)));
  if (bits === 5) store<u32>(out, i8x16.bitmask(i8x16.shl(low, 3)) | (i8x16.bitmask(i8x16.shl(high, 3)) << 16));
  return end;
}

function sixteen(x: usize, min: f32, inverse: f32, half: f32): v128 {
  return bytesOf(
    steps(x, min, inverse, half),
    steps(x + 16, min, inverse, half),
    steps(x + 32, min, inverse, half),
    steps(x + 48, min, inverse, half),
  );
}

function steps(x: usize, min: f32, inverse: f32, half: f32): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), f32x4.splat(min)), f32x4.splat(inverse)), f32x4.splat(half));
}

/** Divides each block by its absMax, in place; a short last block is divided, the others are multiplied by the inverse. */
export function normalize(x: usize, n: i32, size: i32, least: f32, absMax: usize): void {
  for (let from = 0; from < n; from += size, absMax += 4) {
    const length = min(size, n - from);
    const largest = absMaxOf(x, length);
    const isShort = length < size;
    store<f32>(absMax, isShort ? max(largest, least) : largest);
    const divisor = max(largest, least);
    const factor: f32 = isShort ? divisor : 1 / divisor;
    let i = 0;
    for (; i + 4 <= length && !isShort; i += 4, x += 16) v128.store(x, f32x4.mul(v128.load(x), f32x4.splat(factor)));
    for (; i < length; i++, x += 4) store<f32>(x, isShort ? load<f32>(x) / factor : load<f32>(x) * factor);
  }
}

/** How many of 15 middles lie below each number, in order; by that the codes, two to a byte, the first in the upper half. */
export function codebookCodes(x: usize, n: i32, middles: usize, codes: usize, out: usize): void {
  const order = v128.load(codes);
  for (let i = 0; i < n; i += 16, x += 64, out += 8) {
    const low = i16x8.narrow_i32x4_s(rank(v128.load(x), middles), rank(v128.load(x + 16), middles));
    const high = i16x8.narrow_i32x4_s(rank(v128.load(x + 32), middles), rank(v128.load(x + 48), middles));
    const pairs = i8x16.swizzle(order, i8x16.narrow_i16x8_s(low, high));
    const packed = v128.and(v128.or(i16x8.shl(pairs, 4), i16x8.shr_u(pairs, 8)), i16x8.splat(255));
    store<u64>(out, i64x2.extract_lane(i8x16.narrow_i16x8_u(packed, packed), 0));
  }
}

function rank(x: v128, middles: usize): v128 {
  let below = i32x4.splat(0);
  for (let i: usize = 0; i < 60; i += 4) below = i32x4.sub(below, f32x4.gt(x, v128.load32_splat(middles + i)));
  return below;
}
