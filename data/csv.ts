import {readFileSync, statSync} from 'node:fs';
import type {TensorData} from '../session/wire/plain.ts';

/** A table of numbers, and the classes of its rows where a column names them. */
export interface CsvTable {
  /** Names of the columns of `values`. */
  readonly columns: readonly string[];
  /** [rows, columns] */
  readonly values: TensorData;
  /** By row, the place of its class in `classes`; empty without a label column. */
  readonly labels: Int32Array;
  /** In the order in which they first appear. */
  readonly classes: readonly string[];
}

export interface CsvOptions {
  /** The column that says which class a row belongs to; it may hold words. */
  readonly label?: string;
  /** `,` without it. */
  readonly delimiter?: string;
}

const maxBytes = 2 ** 28;

/** Reads a CSV file with a line of names at its top. @throws RangeError naming line and column of what is not a number, or what is missing */
export async function readCsv(file: string, options: CsvOptions = {}): Promise<CsvTable> {
  const {size} = statSync(file);
  if (size > maxBytes) throw new RangeError(`Expected a file of at most ${maxBytes} bytes, got ${size}: ${file}`);
  return parseCsv(readFileSync(file, 'utf8'), options);
}

/** The same for text. @throws RangeError as `readCsv` does */
export async function parseCsv(text: string, {label, delimiter = ','}: CsvOptions = {}): Promise<CsvTable> {
  // Here, since most who import `data` never read a table.
  const {parse} = await import('csv-parse/sync');
  const [names, ...rows] = parseRows(() => parse(text, {bom: true, delimiter, skip_empty_lines: true, trim: true}));
  if (!names || rows.length === 0) throw new RangeError('Expected a line of names and at least one row below it, got less');
  const labelAt = label === undefined ? -1 : names.indexOf(label);
  if (label !== undefined && labelAt < 0) throw new RangeError(`Expected a column named ${label}, got ${names.join(', ')}`);
  const kept = names.map((_, column) => column).filter(column => column !== labelAt);
  const data = new Float32Array(rows.length * kept.length);
  rows.forEach((row, r) => kept.forEach((column, c) => (data[r * kept.length + c] = toNumber(row[column]!, r + 2, names[column]!))));
  const classes = labelAt < 0 ? [] : [...new Set(rows.map(row => row[labelAt]!))];
  const places = new Map(classes.map((name, i) => [name, i]));
  return {
    columns: kept.map(column => names[column]!),
    values: {dtype: 'float32', shape: [rows.length, kept.length], data},
    labels: labelAt < 0 ? new Int32Array(0) : Int32Array.from(rows, row => places.get(row[labelAt]!)!),
    classes,
  };
}

function parseRows(parse: () => unknown): readonly (readonly string[])[] {
  try {
    return parse() as string[][];
  } catch (error) {
    throw new RangeError(`Expected rows of equal length, separated as told, got: ${(error as Error).message}`, {cause: error});
  }
}

function toNumber(text: string, line: number, column: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value))
    throw new RangeError(
      `Expected numbers, got ${JSON.stringify(text.slice(0, 40))} in row ${line}, column ${column}; name a column of words as the label`,
    );
  return value;
}
