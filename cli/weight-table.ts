import {openWeights, type WeightFile} from '../quant/files/weights.ts';

/** Opens files, and closes them whatever happens. */
export function withWeights<T>(paths: readonly string[], use: (...files: WeightFile[]) => T): T {
  const files: WeightFile[] = [];
  try {
    for (const path of paths) files.push(openNamed(path));
    return use(...files);
  } finally {
    for (const file of files) file.close();
  }
}

function openNamed(path: string): WeightFile {
  try {
    return openWeights(path);
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, {cause});
  }
}

/** Columns as wide as their longest cell; numbers to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length)));
  const isNumber = header.map((_, column) => rows.every(row => /^-?[\d.,]|^(Infinity|NaN)/.test(row[column]!)));
  for (const row of [header, ...rows])
    console.log(
      row
        .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    );
}

export function describeBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(2)} ${units[power]!}`;
}

/** Two decimals; a dash for nothing. */
export function describeBits(bytes: number, values: number): string {
  return values === 0 ? '-' : ((bytes * 8) / values).toFixed(2);
}
