import {roundHalfToEven} from '../../formats/round.ts';
import {writeHalf} from './half.ts';
import {readScaleAndMin, writeScalesAndMins} from './k-scales.ts';

// Follows llama.cpp's reference quantizers step by step in float32: the codes are the same, bit for bit.
const f = Math.fround;
/** Below this a sub-block counts as zero. */
const leastMagnitude = f(1e-15);

/** Chooses scale and minimum of each sub-block of 32 by a weighted search, then quantizes them to 6 bits, then the numbers to 4. */
export function quantizeQ4K(values: Float32Array, from: number, bytes: DataView, at: number): void {
  const subs = Array.from({length: 8}, (_, sub) => {
    const x = values.subarray(from + 32 * sub, from + 32 * sub + 32);
    return searchScaleAndMin(x, weightsOf(x), 15);
  });
  const largestScale = Math.max(0, ...subs.map(({scale}) => scale));
  const largestMin = Math.max(0, ...subs.map(({min}) => min));
  const scaleInverse = largestScale > 0 ? f(63 / largestScale) : 0;
  const minInverse = largestMin > 0 ? f(63 / largestMin) : 0;
  writeScalesAndMins(
    bytes,
    at + 4,
    subs.map(({scale, min}) => ({
      scale: Math.min(63, roundHalfToEven(f(scaleInverse * scale))),
      min: Math.min(63, roundHalfToEven(f(minInverse * min))),
    })),
  );
  const superScale = writeHalf(bytes, at, f(largestScale / 63));
  const superMin = writeHalf(bytes, at + 2, f(largestMin / 63));
  const codes = new Uint8Array(256);
  for (const [sub, {codes: searched}] of subs.entries()) {
    const packed = readScaleAndMin(bytes, at + 4, sub);
    const scale = f(superScale * packed.scale);
    const min = f(superMin * packed.min);
    for (let i = 0; i < 32; i++)
      codes[32 * sub + i] = scale === 0 ? searched[i]! : clamp(roundHalfToEven(f(f(values[from + 32 * sub + i]! + min) / scale)), 0, 15);
  }
  for (let i = 0; i < 128; i++) {
    const code = 64 * Math.floor(i / 32) + (i % 32);
    bytes.setUint8(at + 16 + i, codes[code]! | (codes[code + 32]! << 4));
  }
}

/** Chooses the scale of each sub-block of 16 by a search weighted with x², then quantizes the scales to int8, then the numbers to 6 bits. */
export function quantizeQ6K(values: Float32Array, from: number, bytes: DataView, at: number): void {
  const subs = Array.from({length: 16}, (_, sub) => searchScale(values.subarray(from + 16 * sub, from + 16 * sub + 16), 32));
  const largest = subs.reduce((best, {scale}) => (Math.abs(scale) > Math.abs(best) ? scale : best), 0);
  if (Math.abs(largest) < leastMagnitude) {
    for (let i = 0; i < 210; i++) bytes.setUint8(at + i, 0);
    return;
  }
  const inverse = f(-128 / largest);
  const superScale = writeHalf(bytes, at + 208, f(1 / inverse));
  const codes = new Uint8Array(256);
  for (const [sub, {scale, codes: searched}] of subs.entries()) {
    const packed = Math.min(127, roundHalfToEven(f(inverse * scale)));
    bytes.setInt8(at + 192 + sub, packed);
    const step = f(superScale * packed);
    for (let i = 0; i < 16; i++)
      codes[16 * sub + i] = step === 0 ? searched[i]! : clamp(roundHalfToEven(f(values[from + 16 * sub + i]! / step)), -32, 31) + 32;
  }
  for (let half = 0; half < 2; half++)
    for (let i = 0; i < 32; i++) {
      const [a, b, c, d] = [0, 32, 64, 96].map(quarter => codes[128 * half + quarter + i]!) as [number, number, number, number];
      bytes.setUint8(at + 64 * half + i, (a & 15) | ((c & 15) << 4));
      bytes.setUint8(at + 64 * half + 32 + i, (b & 15) | ((d & 15) << 4));
      bytes.setUint8(at + 128 + 32 * half + i, (a >> 4) | ((b >> 4) << 2) | ((c >> 4) << 4) | ((d >> 4) << 6));
    }
}

interface Searched {
  readonly scale: number;
  /** What is taken off, 0 or more. */
  readonly min: number;
  readonly codes: Uint8Array;
}

/** Large numbers count more: the root mean square plus |x|. */
function weightsOf(x: Float32Array): Float32Array {
  const mean = f(Math.sqrt(f(sumOf(x, value => f(value * value)) / x.length)));
  return x.map(value => mean + Math.abs(value));
}

/** The scale and minimum of codes 0 … last with the least weighted squared error, by least squares from 21 first guesses of the scale. */
function searchScaleAndMin(x: Float32Array, weights: Float32Array, last: number): Searched {
  let min = Math.min(0, ...x);
  const max = Math.max(...x);
  if (max === min) return {scale: 0, min: -min + 0, codes: new Uint8Array(x.length)};
  // Each guess starts from the best minimum so far.
  const codesFor = (steps: number): Uint8Array => {
    const inverse = f(steps / f(max - min));
    return Uint8Array.from(x, value => clamp(roundHalfToEven(f(inverse * f(value - min))), 0, last));
  };
  const errorOf = (codes: Uint8Array, scale: number, min: number): number =>
    sumOf(codes, (code, i) => {
      const difference = f(f(f(scale * code) + min) - x[i]!);
      return f(weights[i]! * f(difference * difference));
    });
  let scale = f(1 / f(last / f(max - min)));
  let codes = codesFor(last);
  let least = errorOf(codes, scale, min);
  const sumW = sumOf(weights, weight => weight);
  const sumX = sumOf(x, (value, i) => f(weights[i]! * value));
  for (let guess = 0; guess <= 20; guess++) {
    const tried = codesFor(f(f(-1 + f(f(0.1) * guess)) + last));
    const sumL = sumOf(tried, (code, i) => f(weights[i]! * code));
    const sumL2 = sumOf(tried, (code, i) => f(f(weights[i]! * code) * code));
    const sumXL = sumOf(tried, (code, i) => f(f(weights[i]! * code) * x[i]!));
    const determinant = f(f(sumW * sumL2) - f(sumL * sumL));
    if (!(determinant > 0)) continue;
    let triedScale = f(f(f(sumW * sumXL) - f(sumX * sumL)) / determinant);
    let triedMin = f(f(f(sumL2 * sumX) - f(sumL * sumXL)) / determinant);
    if (triedMin > 0) [triedScale, triedMin] = [f(sumXL / sumL2), 0];
    const error = errorOf(tried, triedScale, triedMin);
    if (error < least) [least, codes, scale, min] = [error, tried, triedScale, triedMin];
  }
  return {scale, min: -min + 0, codes};
}

/** The scale of codes −half … half − 1 (stored with half added) with the least error weighted by x², by least squares from 19 first guesses. */
function searchScale(x: Float32Array, half: number): Omit<Searched, 'min'> {
  const largest = x.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  if (Math.abs(largest) < leastMagnitude) return {scale: 0, codes: new Uint8Array(x.length)};
  const guesses = [0, ...Array.from({length: 19}, (_, i) => i - 9).filter(guess => guess !== 0)];
  let found: Omit<Searched, 'min'> | undefined;
  let best = 0;
  for (const guess of guesses) {
    const inverse = f(-f(half + f(f(0.1) * guess)) / largest);
    const steps = Int8Array.from(x, value => clamp(roundHalfToEven(f(inverse * value)), -half, half - 1));
    const sumXL = sumOf(steps, (step, i) => f(f(f(x[i]! * x[i]!) * x[i]!) * step));
    const sumL2 = sumOf(steps, (step, i) => f(f(f(x[i]! * x[i]!) * step) * step));
    if (found && !(sumL2 > 0 && f(sumXL * sumXL) > f(best * sumL2))) continue;
    const scale = sumL2 === 0 ? 0 : f(sumXL / sumL2);
    best = f(scale * sumXL);
    found = {scale, codes: Uint8Array.from(steps, step => step + half)};
  }
  return found!;
}

/** In float32, one after another, as a loop in C adds up. */
function sumOf(values: ArrayLike<number>, term: (value: number, i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum = f(sum + term(values[i]!, i));
  return sum;
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
