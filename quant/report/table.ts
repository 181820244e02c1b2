/** Lines of text: columns as wide as their longest cell, numbers to the right; each row stays one line. */
export function textTable(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(printable));
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length)));
  const isNumber = header.map((_, column) => rows.every(row => /^-?[\d.,]|^(Infinity|NaN|-$)/.test(row[column]!)));
  return [header, ...rows]
    .map(row =>
      row
        .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A name out of a file, on one line of a terminal: control characters, which could colour it or write over other lines, by their codes. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Bytes in powers of 1000: `3.50 GB`. */
export function describeBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(2)} ${units[power]!}`;
}

/** 8 · bytes / values: bits of memory for each value or weight, scales included; NaN without any. */
export function bitsPerValue(bytes: number, values: number): number {
  return (8 * bytes) / values;
}

/** Bits a value with two decimals; a dash for nothing. */
export function describeBits(bytes: number, values: number): string {
  return values === 0 ? '-' : bitsPerValue(bytes, values).toFixed(2);
}

/** A share, 0 to 1: `97.5%`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
