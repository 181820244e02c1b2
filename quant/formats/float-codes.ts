import {exponentBias, floatFields, type FloatFormat, floatLimits} from './float-format.ts';
import {roundFloat32s} from './float32-rounding.ts';
import {roundHalfToEven} from './round.ts';

/** Codes of a float format, one to an element: of 8 bits and less in bytes. */
export type FloatCodes = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** What `encodeFloat` and `roundFloat` do with what is too large. */
export interface FloatRounding {
  /** What is too large becomes the largest number, not infinity or NaN. */
  readonly saturate?: boolean;
}

/**
 * The code of the format's number nearest to x, ties to the even code, in one rounding.
 * What rounds beyond the largest number is infinity where the format has one, else NaN, else the largest number; NaN is the format's own, and −0 where
 * it has none. So do NumPy and ml_dtypes. Source: IEEE 754-2019, section 4.3.1; OCP 8-bit Floating Point Specification, section 5.
 */
export function encodeFloat(x: number, format: FloatFormat, rounding?: FloatRounding): number {
  return floatEncoder(format, rounding)(x);
}

/** The number that a code stands for. @throws RangeError where the code is none of the format's */
export function decodeFloat(code: number, format: FloatFormat): number {
  const {sign, exponent, mantissa, kind} = floatFields(code, format);
  if (kind === 'nan') return NaN;
  const smallestExponent = 1 - exponentBias(format);
  const magnitude =
    kind === 'infinity'
      ? Infinity
      : kind === 'normal'
        ? (1 + mantissa * 2 ** -format.mantissaBits) * 2 ** (smallestExponent + exponent - 1)
        : mantissa * 2 ** (smallestExponent - format.mantissaBits);
  return sign ? -magnitude : magnitude;
}

/** The format's number nearest to x. */
export function roundFloat(x: number, format: FloatFormat, rounding?: FloatRounding): number {
  return decodeFloat(encodeFloat(x, format, rounding), format);
}

/** `encodeFloat` of every value. */
export function encodeFloats(values: ArrayLike<number>, format: FloatFormat, rounding?: FloatRounding): FloatCodes {
  const {bits} = format;
  const codes = bits <= 8 ? new Uint8Array(values.length) : bits <= 16 ? new Uint16Array(values.length) : new Uint32Array(values.length);
  const encode = floatEncoder(format, rounding);
  for (let i = 0; i < values.length; i++) codes[i] = encode(values[i]!);
  return codes;
}

/** `decodeFloat` of every code, in float32, which holds every number of every format here. */
export function decodeFloats(codes: ArrayLike<number>, format: FloatFormat): Float32Array<ArrayBuffer> {
  const values = new Float32Array(codes.length);
  const decode = floatDecoder(format);
  for (let i = 0; i < codes.length; i++) values[i] = decode(codes[i]!);
  return values;
}

/** `roundFloat` of every value. */
export function roundFloats(values: ArrayLike<number>, format: FloatFormat, rounding?: FloatRounding): Float32Array<ArrayBuffer> {
  if (values instanceof Float32Array && format.mantissaBits < 23) return roundFloat32s(values, format, rounding?.saturate ?? false);
  return decodeFloats(encodeFloats(values, format, rounding), format);
}

/** Making an encoder takes longer than encoding a number. */
const encoders = [new WeakMap<FloatFormat, (x: number) => number>(), new WeakMap<FloatFormat, (x: number) => number>()] as const;

/** The encoder of a format, for who encodes one number at a time. */
export function floatEncoder(format: FloatFormat, {saturate = false}: FloatRounding = {}): (x: number) => number {
  const made = encoders[saturate ? 1 : 0];
  const encoder = made.get(format) ?? makeEncoder(format, saturate);
  made.set(format, encoder);
  return encoder;
}

/** Codes count on without a gap from 0 through the subnormals and from each power of two to the next: a code is a distance in steps. */
function makeEncoder(format: FloatFormat, saturate: boolean): (x: number) => number {
  const {bits, mantissaBits, exponentBits, special} = format;
  const {max, smallestNormal} = floatLimits(format);
  const smallestExponent = 1 - exponentBias(format);
  const signBit = 2 ** (bits - 1);
  const codesPerExponent = 2 ** mantissaBits;
  const infinity = (2 ** exponentBits - 1) * codesPerExponent;
  const largest = special === 'ieee' ? infinity - 1 : signBit - (special === 'nan' ? 2 : 1);
  const tooLarge = saturate || special === 'none' ? largest : largest + 1;
  const nan = special === 'ieee' ? infinity + codesPerExponent / 2 : special === 'nan' ? largest + 1 : signBit;
  return x => {
    if (Number.isNaN(x)) return nan;
    const sign = x < 0 || Object.is(x, -0) ? signBit : 0;
    const magnitude = Math.abs(x);
    if (magnitude > 2 * max) return sign + tooLarge;
    const exponent = magnitude < smallestNormal ? smallestExponent : exponentOf(magnitude);
    const code = (exponent - smallestExponent) * codesPerExponent + roundHalfToEven(magnitude * 2 ** (mantissaBits - exponent));
    return sign + (code > largest ? tooLarge : code);
  };
}

const float64 = new Float64Array(1);
const halves = new Uint32Array(float64.buffer);
const upper = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** The whole part of log2(x), exact: Math.log2 rounds up just below a power of two. */
function exponentOf(x: number): number {
  float64[0] = x;
  return (halves[upper]! >>> 20) - 1023;
}

const tables = new Map<string, Float32Array>();

function floatDecoder(format: FloatFormat): (code: number) => number {
  // Beyond 16 bits a table of all codes would be larger than most tensors.
  if (format.bits > 16) return code => decodeFloat(code, format);
  const key = JSON.stringify(format);
  const table = tables.get(key) ?? Float32Array.from({length: 2 ** format.bits}, (_, code) => decodeFloat(code, format));
  tables.set(key, table);
  // What is no code of the format gets decodeFloat's error.
  return code => table[code] ?? decodeFloat(code, format);
}
