import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

/** Looks among all codes for the two neighbours by halving, and takes the nearer one. The code after the largest number stands for the number that would come next. The largest number in place of NaN where there is no infinity. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const value = (code: number): number => {
    const exponent = Math.floor(code / 2 ** mantissaBits);
    const fraction = (code % 2 ** mantissaBits) / 2 ** mantissaBits;
    return exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  };
  const lastCode = 2 ** (exponentBits + mantissaBits) - 1 - (infinities ? 2 ** mantissaBits : 1);
  let [low, high] = [0, lastCode + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (value(middle) <= Math.abs(x)) low = middle;
    else high = middle;
  }
  const [below, above] = [Math.abs(x) - value(low), value(high) - Math.abs(x)];
  const code = below < above || (below === above && low % 2 === 0) ? low : high;
  if (code <= lastCode) return Math.sign(x) * value(code);
  return Math.sign(x) * (infinities ? Infinity : value(lastCode));
}
