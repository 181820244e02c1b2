import {types} from 'node:util';
import type {MimeBundle} from '../wire/messages.ts';
import {type Column, counted, shorten, shortNumber, table, textTable} from './markup.ts';
import {plainText} from './text.ts';

export interface TableOptions {
  /** Rows that are shown at the most; how many there are is said. */
  readonly rows?: number;
  /** The columns that are shown, in this order. */
  readonly columns?: readonly string[];
}

const shownRows = 50;
/** More than anyone reads, and about what a browser can take. */
const mostRows = 10_000;
const shownTextRows = 20;
const shownColumns = 30;
const longestCell = 200;

/** A list whose first entries are all plain records: shown as a table. Runs none of the value's code. */
export function isRecords(value: object): value is readonly object[] {
  return Array.isArray(value) && value.length > 0 && !types.isProxy(value) && firstOf(value, shownRows).every(isPlainRecord);
}

function isPlainRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.keys(value).length > 0;
}

/** Records as a table: columns with their types, numbers at the right; what is cut off is counted. */
export function recordsBundle(records: unknown, {rows, columns: asked}: TableOptions = {}): MimeBundle {
  const {first, count} = firstRecords(records, typeof rows === 'number' && rows >= 0 ? Math.min(Math.floor(rows), mostRows) : shownRows);
  const shown = first.map(row => (typeof row === 'object' && row !== null ? row : {value: row}));
  const all = (Array.isArray(asked) ? asked.map(String) : undefined) ?? [
    ...new Set(shown.flatMap(row => (types.isProxy(row) ? [] : Object.keys(row)))),
  ];
  const names = all.slice(0, shownColumns);
  const values = shown.map(row => names.map(name => fieldOf(row, name)));
  const columns = names.map((name, i) =>
    column(
      name,
      values.map(row => row[i]),
    ),
  );
  const texts = values.map(row => row.map(cellText));
  const cut = all.length > names.length ? ` · ${partOf(names.length, all.length, 'column')}` : '';
  const caption = (n: number): string => partOf(n, count, 'row') + cut;
  const few = texts.slice(0, shownTextRows);
  return {'text/plain': textTable(columns, few, caption(few.length)), 'text/html': table(columns, texts, caption(texts.length))};
}

/** The first of a list, of anything that can be looped over, or of lists by the names of their columns; and how many there are. */
function firstRecords(records: unknown, most: number): {first: unknown[]; count: number} {
  if (typeof records !== 'object' || records === null)
    throw new TypeError(
      `Expected a list of records, or lists by the names of their columns, got ${records === null ? 'null' : typeof records}.`,
    );
  if (Array.isArray(records)) return {first: firstOf(records, most), count: records.length};
  if (Symbol.iterator in records) {
    const all = [...(records as Iterable<unknown>)];
    return {first: all.slice(0, most), count: all.length};
  }
  const lists = Object.entries(records as Record<string, ArrayLike<unknown>>);
  const count = Math.max(0, ...lists.map(([, list]) => Number(list?.length) || 0));
  const first = Array.from({length: Math.min(count, most)}, (_, i) => Object.fromEntries(lists.map(([name, list]) => [name, list?.[i]])));
  return {first, count};
}

const firstOf = (list: readonly unknown[], most: number): unknown[] =>
  Array.from({length: Math.min(list.length, most)}, (_, i) => fieldOf(list, String(i)));

const accessor = Symbol('accessor');

/** A field's value; a getter is not run. */
function fieldOf(row: object, name: string): unknown {
  if (types.isProxy(row)) return row;
  const property = Reflect.getOwnPropertyDescriptor(row, name);
  return property && ('value' in property ? (property.value as unknown) : accessor);
}

function column(name: string, values: readonly unknown[]): Column {
  const kinds = [...new Set(values.filter(value => value !== undefined && value !== null).map(kindOf))];
  const note = kinds.length <= 3 ? kinds.join(' | ') : 'mixed';
  return {name, note, align: kinds.length > 0 && kinds.every(kind => kind === 'number' || kind === 'bigint') ? 'right' : 'left'};
}

function kindOf(value: unknown): string {
  if (value === accessor) return 'getter';
  if (typeof value !== 'object' || value === null) return typeof value;
  if (Array.isArray(value)) return 'list';
  if (types.isDate(value)) return 'date';
  return Object.prototype.toString
    .call(types.isProxy(value) ? {} : value)
    .slice('[object '.length, -1)
    .toLowerCase();
}

function cellText(value: unknown): string {
  if (value === undefined) return '';
  if (value === accessor) return '[Getter]';
  if (typeof value === 'number') return shortNumber(value);
  if (typeof value === 'string') return shorten(value, longestCell);
  return shorten(plainText(value).replaceAll(/\s+/g, ' '), longestCell);
}

const partOf = (shown: number, all: number, noun: string): string =>
  shown < all ? `${shown.toLocaleString('en')} of ${counted(all, noun)}` : counted(all, noun);
