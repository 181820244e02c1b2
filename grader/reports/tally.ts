/** How often each value came: a class of any size takes the memory of the values that differ. */
export class Tally<T> {
  readonly counts = new Map<T, number>();
  total = 0;

  add(value: T): void {
    this.counts.set(value, this.of(value) + 1);
    this.total++;
  }

  of(value: T): number {
    return this.counts.get(value) ?? 0;
  }

  get values(): T[] {
    return [...this.counts.keys()];
  }
}

/** The middle one of all values; the mean of the middle two where their number is even. NaN where there are none. */
export function medianOf(tally: Tally<number>): number {
  const sorted = [...tally.counts].sort(([a], [b]) => a - b);
  const nth = (n: number): number => {
    let before = 0;
    for (const [value, count] of sorted) if ((before += count) > n) return value;
    return NaN;
  };
  return (nth((tally.total - 1) >> 1) + nth(tally.total >> 1)) / 2;
}

/** The sum of all values. */
export function sumOf(tally: Tally<number>): number {
  return [...tally.counts].reduce((sum, [value, count]) => sum + value * count, 0);
}
