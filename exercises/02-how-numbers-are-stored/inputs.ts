import {WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {decodeFloat} from '../../quant/formats/float-codes.ts';
import * as toolkit from '../../quant/formats/float-format.ts';
import type {Plain} from '../../session/wire/plain.ts';
import type {FloatFormat} from './interface.ts';

/** A format as the toolkit has it, and as learners get it. */
export interface Pair {
  readonly format: toolkit.FloatFormat;
  readonly given: {readonly [K in keyof FloatFormat]: FloatFormat[K]};
}

const pair = (name: string, format: toolkit.FloatFormat): Pair => ({
  format,
  given: {name, exponentBits: format.exponentBits, mantissaBits: format.mantissaBits, infinities: format.special === 'ieee'},
});

export const float32 = pair('float32', toolkit.float32);
export const float16 = pair('float16', toolkit.float16);
export const bfloat16 = pair('bfloat16', toolkit.bfloat16);
export const e4m3 = pair('fp8 e4m3', toolkit.float8e4m3fn);
export const e5m2 = pair('fp8 e5m2', toolkit.float8e5m2);
export const pairs = [float32, float16, bfloat16, e4m3, e5m2] as const;

/** The bits of a number put together; without a sign, one is drawn. */
export function codeOf(draw: Draw, {format}: Pair, exponent: number, mantissa: number, sign = draw.integer(0, 1)): number {
  return (sign * 2 ** format.exponentBits + exponent) * 2 ** format.mantissaBits + mantissa;
}

/** The code of a normal number; its exponent is never all ones. */
export function normalCode(draw: Draw, of: Pair, sign?: number): number {
  const {exponentBits, mantissaBits} = of.format;
  return codeOf(draw, of, draw.integer(1, 2 ** exponentBits - 2), draw.integer(0, 2 ** mantissaBits - 1), sign);
}

/** A number between those of two neighbouring normal codes, `part` of the way from the one nearer to zero. */
export function between(draw: Draw, of: Pair, part: number, sign?: number): number {
  const {exponentBits, mantissaBits} = of.format;
  // Not the last mantissa: its neighbour has another exponent, and may be infinite.
  const code = codeOf(draw, of, draw.integer(1, 2 ** exponentBits - 2), draw.integer(0, 2 ** mantissaBits - 2), sign);
  const [low, high] = [decodeFloat(code, of.format), decodeFloat(code + 1, of.format)];
  return low + part * (high - low);
}

/** A number, NaN and the infinities among them. @throws WrongAnswer */
export function expectAnyNumber(value: Plain, what: string): number {
  if (typeof value !== 'number')
    throw new WrongAnswer(
      `Expected ${what} to be a number, got ${value === undefined ? 'nothing (undefined); is a `return` missing?' : typeof value}`,
    );
  return value;
}

/** The same number: NaN is NaN; a zero is a zero, whatever its sign. */
export function same(a: number, b: number): boolean {
  return Object.is(a, b) || a === b;
}
