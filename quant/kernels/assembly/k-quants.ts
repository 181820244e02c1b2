import {writeHalf} from './half';

// Four sub-blocks at once, one to a lane: each lane does in float32, and in order, what llama.cpp's reference quantizers do.

/** The element i of four sub-blocks; their weights; and the numbers of each sub-block that a search found. */
const X = memory.data(32 * 16, 16);
const W = memory.data(32 * 16, 16);
const SCALES = memory.data(16 * 4, 16);
const MINS = memory.data(8 * 4, 16);
/** By what the codes were found: they stand where a quantized scale is 0. */
const INVERSES = memory.data(16 * 4, 16);
const BASES = memory.data(8 * 4, 16);
const NONE = memory.data(16 * 4, 16);
const CODES = memory.data(256, 16);

/** Rows of n values become columns. */
function transpose(x: usize, n: i32): void {
  const row = (<usize>n) << 2;
  for (let i: usize = 0; i < row; i += 16) {
    const a = v128.load(x + i);
    const b = v128.load(x + row + i);
    const c = v128.load(x + 2 * row + i);
    const d = v128.load(x + 3 * row + i);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const to = X + 4 * i;
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(to + 16, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(to + 32, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
    v128.store(to + 48, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
  }
}

/** llama.cpp's nearest integer: half to even up to 2^22; what is further off, or NaN, becomes another number, but the same as there. */
function nearestInteger(x: v128): v128 {
  return i32x4.sub(v128.and(f32x4.add(x, f32x4.splat(12582912)), i32x4.splat(0x7fffff)), i32x4.splat(0x400000));
}

function nearestNumber(x: f32): i32 {
  return i32x4.extract_lane(nearestInteger(f32x4.splat(x)), 0);
}

/** clip(round(x), low, high) */
function codeOf(x: v128, low: i32, high: i32): v128 {
  return f32x4.convert_i32x4_s(i32x4.min_s(i32x4.splat(high), i32x4.max_s(i32x4.splat(low), nearestInteger(x))));
}

/** The codes of four sub-blocks of n, one after another, from lanes at a time. */
function storeCode(code: v128, to: usize, n: usize): void {
  const codes = i32x4.trunc_sat_f32x4_s(code);
  v128.store8_lane(to, codes, 0);
  v128.store8_lane(to + n, codes, 4);
  v128.store8_lane(to + 2 * n, codes, 8);
  v128.store8_lane(to + 3 * n, codes, 12);
}

function squaredError(difference: v128, weight: v128): v128 {
  return f32x4.mul(weight, f32x4.mul(difference, difference));
}

/** Scale and minimum of codes 0 … 15 with the least weighted squared error, by least squares from 21 first guesses of the scale. */
function searchScaleAndMin(sub: usize): void {
  const zero = f32x4.splat(0);
  let squares = zero;
  let min = zero;
  let max = v128.load(X);
  for (let i: usize = 0; i < 512; i += 16) {
    const x = v128.load(X + i);
    squares = f32x4.add(squares, f32x4.mul(x, x));
    min = f32x4.min(min, x);
    max = f32x4.max(max, x);
  }
  // Large numbers count more: the root mean square plus |x|.
  const mean = f32x4.sqrt(f32x4.div(squares, f32x4.splat(32)));
  let sumW = zero;
  let sumX = zero;
  for (let i: usize = 0; i < 512; i += 16) {
    const x = v128.load(X + i);
    const weight = f32x4.add(mean, f32x4.abs(x));
    v128.store(W + i, weight);
    sumW = f32x4.add(sumW, weight);
    sumX = f32x4.add(sumX, f32x4.mul(weight, x));
  }
  const flat = f32x4.eq(max, min);
  let inverse = v128.andnot(f32x4.div(f32x4.splat(15), f32x4.sub(max, min)), flat);
  let scale = v128.andnot(f32x4.div(f32x4.splat(1), inverse), flat);
  let bestInverse = inverse;
  let bestBase = min;
  let least = zero;
  for (let i: usize = 0; i < 512; i += 16) {
    const x = v128.load(X + i);
    const code = codeOf(f32x4.mul(inverse, f32x4.sub(x, min)), 0, 15);
    least = f32x4.add(least, squaredError(f32x4.sub(f32x4.add(f32x4.mul(scale, code), min), x), v128.load(W + i)));
  }
  for (let guess = 0; guess <= 20; guess++) {
    inverse = v128.andnot(f32x4.div(f32x4.splat(-1 + <f32>0.1 * <f32>guess + 15), f32x4.sub(max, min)), flat);
    let sumL = zero;
    let sumL2 = zero;
    let sumXL = zero;
    for (let i: usize = 0; i < 512; i += 16) {
      const x = v128.load(X + i);
      const code = codeOf(f32x4.mul(inverse, f32x4.sub(x, min)), 0, 15);
      const weighted = f32x4.mul(v128.load(W + i), code);
      v128.store(L + i, code);
      sumL = f32x4.add(sumL, weighted);
      sumL2 = f32x4.add(sumL2, f32x4.mul(weighted, code));
      sumXL = f32x4.add(sumXL, f32x4.mul(weighted, x));
    }
    const determinant = f32x4.sub(f32x4.mul(sumW, sumL2), f32x4.mul(sumL, sumL));
    let triedScale = f32x4.div(f32x4.sub(f32x4.mul(sumW, sumXL), f32x4.mul(sumX, sumL)), determinant);
    let triedMin = f32x4.div(f32x4.sub(f32x4.mul(sumL2, sumX), f32x4.mul(sumL, sumXL)), determinant);
    const above = f32x4.gt(triedMin, zero);
    triedScale = v128.bitselect(f32x4.div(sumXL, sumL2), triedScale, above);
    triedMin = v128.andnot(triedMin, above);
    let error = zero;
    for (let i: usize = 0; i < 512; i += 16) {
      const fitted = f32x4.add(f32x4.mul(triedScale, v128.load(L + i)), triedMin);
      error = f32x4.add(error, squaredError(f32x4.sub(fitted, v128.load(X + i)), v128.load(W + i)));
    }
    const better = v128.andnot(v128.and(f32x4.gt(determinant, zero), f32x4.lt(error, least)), flat);
    // Each guess starts from the best minimum so far.
    bestInverse = v128.bitselect(inverse, bestInverse, better);
    bestBase = v128.bitselect(min, bestBase, better);
    least = v128.bitselect(error, least, better);
    scale = v128.bitselect(triedScale, scale, better);
    min = v128.bitselect(triedMin, min, better);
  }
  v128.store(SCALES + sub * 4, scale);
  v128.store(MINS + sub * 4, f32x4.add(f32x4.neg(min), zero));
  v128.store(INVERSES + sub * 4, bestInverse);
  v128.store(BASES + sub * 4, bestBase);
}

/** The codes of the guess at hand. */
const L = memory.data(32 * 16, 16);

/** Scale and minimum of each sub-block of 32 by a weighted search, quantized to 6 bits; then the numbers to 4. */
export function q4_K(x: usize, blocks: i32, out: usize): void {
  for (let block = 0; block < blocks; block++, x += 1024, out += 144) {
    let largestScale: f32 = 0;
    let largestMin: f32 = 0;
    for (let sub: usize = 0; sub < 8; sub += 4) {
      transpose(x + 128 * sub, 32);
      searchScaleAndMin(sub);
    }
    for (let sub: usize = 0; sub < 8; sub++) {
      largestScale = max(largestScale, load<f32>(SCALES + 4 * sub));
      largestMin = max(largestMin, load<f32>(MINS + 4 * sub));
    }
    const scaleInverse: f32 = largestScale > 0 ? 63 / largestScale : 0;
    const minInverse: f32 = largestMin > 0 ? 63 / largestMin : 0;
    const superScale = writeHalf(out, largestScale / 63);
    const superMin = writeHalf(out + 2, largestMin / 63);
    // Eight pairs in twelve bytes: the first four in six bits each, whose upper two bits hold the upper bits of the last four.
    for (let sub: usize = 0; sub < 8; sub++) {
      const scale = min(63, nearestNumber(scaleInverse * load<f32>(SCALES + 4 * sub)) & 255);
      const minimum = min(63, nearestNumber(minInverse * load<f32>(MINS + 4 * sub)) & 255);
      store<f32>(SCALES + 4 * sub, superScale * <f32>scale);
      store<f32>(MINS + 4 * sub, superMin * <f32>minimum);
      const at = out + 4 + (sub & 3);
      if (sub < 4) {
        store<u8>(at, scale);
        store<u8>(at + 4, minimum);
      } else {
        store<u8>(at, load<u8>(at) | ((scale >> 4) << 6));
        store<u8>(at + 4, load<u8>(at + 4) | ((minimum >> 4) << 6));
        store<u8>(at + 8, (scale & 15) | ((minimum & 15) << 4));
      }
    }
    for (let sub: usize = 0; sub < 8; sub += 4) {
      transpose(x + 128 * sub, 32);
      const scale = v128.load(SCALES + 4 * sub);
      const minimum = v128.load(MINS + 4 * sub);
      const inverse = v128.load(INVERSES + 4 * sub);
      const base = v128.load(BASES + 4 * sub);
      const without = f32x4.eq(scale, f32x4.splat(0));
      for (let i: usize = 0; i < 32; i++) {
        const value = v128.load(X + 16 * i);
        const searched = f32x4.mul(inverse, f32x4.sub(value, base));
        const snapped = f32x4.div(f32x4.add(value, minimum), scale);
        storeCode(codeOf(v128.bitselect(searched, snapped, without), 0, 15), CODES + 32 * sub + i, 32);
      }
    }
    for (let i: usize = 0; i < 128; i += 16) {
      const code = CODES + 64 * (i >> 5) + (i & 31);
      v128.store(out + 16 + i, v128.or(v128.load(code), i8x16.shl(v128.load(code + 32), 4)));
    }
  }
}

/** Below this a sub-block counts as zero. */
const leastMagnitude: f32 = 1e-15;

/** The scale of codes −32 … 31 with the least error weighted by x², by least squares from 19 first guesses. */
function searchScale(sub: usize): void {
  const zero = f32x4.splat(0);
  let largest = zero;
  for (let i: usize = 0; i < 256; i += 16) {
    const x = v128.load(X + i);
    largest = v128.bitselect(x, largest, f32x4.gt(f32x4.abs(x), f32x4.abs(largest)));
  }
  const none = f32x4.lt(f32x4.abs(largest), f32x4.splat(leastMagnitude));
  let bestInverse = zero;
  let scale = zero;
  let best = zero;
  // −0.9 … 0.9 beside 32; 32 itself first.
  for (let guess = -10; guess <= 9; guess++) {
    if (guess === 0) continue;
    const first = guess === -10;
    const inverse = f32x4.div(f32x4.splat(-(32 + <f32>0.1 * (first ? <f32>0 : <f32>guess))), largest);
    let sumXL = zero;
    let sumL2 = zero;
    for (let i: usize = 0; i < 256; i += 16) {
      const x = v128.load(X + i);
      const code = codeOf(f32x4.mul(inverse, x), -32, 31);
      const square = f32x4.mul(x, x);
      sumXL = f32x4.add(sumXL, f32x4.mul(f32x4.mul(square, x), code));
      sumL2 = f32x4.add(sumL2, f32x4.mul(f32x4.mul(square, code), code));
    }
    const better = first ? i32x4.splat(-1) : v128.and(f32x4.gt(sumL2, zero), f32x4.gt(f32x4.mul(sumXL, sumXL), f32x4.mul(best, sumL2)));
    const tried = v128.andnot(f32x4.div(sumXL, sumL2), f32x4.eq(sumL2, zero));
    best = v128.bitselect(f32x4.mul(tried, sumXL), best, better);
    scale = v128.bitselect(tried, scale, better);
    bestInverse = v128.bitselect(inverse, bestInverse, better);
  }
  v128.store(SCALES + sub * 4, v128.andnot(scale, none));
  // What counts as zero has the lowest code.
  v128.store(INVERSES + sub * 4, bestInverse);
  v128.store(NONE + sub * 4, none);
}

/** The scale of each sub-block of 16 by a search weighted with x², quantized to int8; then the numbers to 6 bits. */
export function q6_K(x: usize, blocks: i32, out: usize): void {
  for (let block = 0; block < blocks; block++, x += 1024, out += 210) {
    for (let sub: usize = 0; sub < 16; sub += 4) {
      transpose(x + 64 * sub, 16);
      searchScale(sub);
    }
    let largest: f32 = 0;
    for (let sub: usize = 0; sub < 16; sub++) {
      const scale = load<f32>(SCALES + 4 * sub);
      if (abs(scale) > abs(largest)) largest = scale;
    }
    if (abs(largest) < leastMagnitude) {
      memory.fill(out, 0, 210);
      continue;
    }
    const inverse: f32 = -128 / largest;
    const superScale = writeHalf(out + 208, 1 / inverse);
    for (let sub: usize = 0; sub < 16; sub++) {
      const packed = min(127, nearestNumber(inverse * load<f32>(SCALES + 4 * sub)));
      store<i8>(out + 192 + sub, packed);
      store<f32>(SCALES + 4 * sub, superScale * <f32>packed);
    }
    for (let sub: usize = 0; sub < 16; sub += 4) {
      transpose(x + 64 * sub, 16);
      const scale = v128.load(SCALES + 4 * sub);
      const searchedBy = v128.load(INVERSES + 4 * sub);
      const without = f32x4.eq(scale, f32x4.splat(0));
      const lowest = v128.and(without, v128.load(NONE + 4 * sub));
      for (let i: usize = 0; i < 16; i++) {
        const value = v128.load(X + 16 * i);
        const steps = v128.bitselect(f32x4.mul(searchedBy, value), f32x4.div(value, scale), without);
        storeCode(v128.andnot(f32x4.add(codeOf(steps, -32, 31), f32x4.splat(32)), lowest), CODES + 16 * sub + i, 16);
      }
    }
    const fours = i8x16.splat(15);
    for (let half: usize = 0; half < 2; half++)
      for (let i: usize = 0; i < 32; i += 16) {
        const at = CODES + 128 * half + i;
        const a = v128.load(at);
        const b = v128.load(at + 32);
        const c = v128.load(at + 64);
        const d = v128.load(at + 96);
        v128.store(out + 64 * half + i, v128.or(v128.and(a, fours), i8x16.shl(c, 4)));
        v128.store(out + 64 * half + 32 + i, v128.or(v128.and(b, fours), i8x16.shl(d, 4)));
        const upper = v128.or(
          v128.or(i8x16.shr_u(a, 4), i8x16.shl(i8x16.shr_u(b, 4), 2)),
          v128.or(i8x16.shl(i8x16.shr_u(c, 4), 4), i8x16.shl(i8x16.shr_u(d, 4), 6)),
        );
        v128.store(out + 128 + 32 * half + i, upper);
      }
  }
}
