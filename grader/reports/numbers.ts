import type {CheckResult, Comparison} from '../../checking/types.ts';

/** A measurement in words: the fewest digits that still tell the measured value from its threshold. */
export function measurementWords({
  measured,
  threshold,
  margin,
  comparison,
  unit,
}: NonNullable<CheckResult['measurement']>): MeasurementWords {
  const digits =
    measured === threshold ? 3 : ([3, 4, 5, 6, 8, 10, 12].find(n => numberText(measured, n) !== numberText(threshold, n)) ?? 15);
  return {
    measured: numberText(measured, digits),
    unit,
    threshold: `${comparisonWords[comparison]} ${numberText(threshold, digits)}`,
    margin: (margin > 0 ? '+' : '') + numberText(margin, 3),
  };
}

export interface MeasurementWords {
  readonly measured: string;
  /** Of all three. */
  readonly unit: string;
  /** `at most 0.5` */
  readonly threshold: string;
  /** Signed: positive on the passing side. */
  readonly margin: string;
}

const comparisonWords: Record<Comparison, string> = {'<=': 'at most', '<': 'below', '>=': 'at least', '>': 'above', '==': 'exactly'};

/** A number for people: significant digits, thousands apart, a real minus sign. */
export function numberText(value: number | null, digits = 4): string {
  // JSON has neither NaN nor infinities: in a result read from its file they are null.
  if (value === null) return 'not a finite number';
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinity' : '−infinity';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e12)
      ? value
          .toExponential(digits - 1)
          .replace(/\.?0+e/, 'e')
          .replace('e+', 'e')
      : formatOf(Number.isInteger(value) ? 'integer' : Math.max(digits, Math.ceil(Math.log10(size)))).format(value);
  return text.replaceAll('-', '−');
}

/** Made once for each number of digits: that takes a hundred times as long as to write a number, and a page has some hundred. */
function formatOf(digits: number | 'integer'): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', digits === 'integer' ? {maximumFractionDigits: 0} : {maximumSignificantDigits: digits});
  formats.set(digits, made);
  return made;
}
const formats = new Map<number | 'integer', Intl.NumberFormat>();

/** `3 submissions`, `1 submission` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${numberText(seconds, seconds < 1 ? 2 : 3)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
