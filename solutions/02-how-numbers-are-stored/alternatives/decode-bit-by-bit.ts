import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

/** Adds up what each bit of the mantissa is worth: a half, a quarter, an eighth … */
export function decodeFloat(bits: number, format: FloatFormat): number {
  const {exponentBits, mantissaBits, infinities} = format;
  const text = bits.toString(2).padStart(1 + exponentBits + mantissaBits, '0');
  const exponent = Number.parseInt(text.slice(1, 1 + exponentBits), 2);
  const mantissa = text.slice(1 + exponentBits);
  let value = exponent === 0 ? 0 : 1;
  for (let i = 0; i < mantissa.length; i++) if (mantissa[i] === '1') value += 2 ** -(i + 1);
  if (!text.slice(1, 1 + exponentBits).includes('0')) {
    if (infinities) value = value === 1 ? Infinity : Number.NaN;
    else if (!mantissa.includes('0')) value = Number.NaN;
  }
  const power = Math.max(exponent, 1) - (2 ** (exponentBits - 1) - 1);
  return (text.startsWith('1') ? -1 : 1) * value * 2 ** power;
}
