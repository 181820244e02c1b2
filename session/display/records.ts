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
export function recordsBundle(records: readonly object[], {rows: most = shownRows, columns: wanted}: TableOptions = {}): MimeBundle {
  const shown = firstOf(records, most).map(row => (typeof row === 'object' && row !== null ? row : {value: row}));
  const all = wanted ?? [...new Set(shown.flatMap(row => (types.isProxy(row) ? [] : Object.keys(row))))];
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
  const caption = (n: number): string => partOf(n, records.length, 'row') + cut;
  const few = texts.slice(0, shownTextRows);
  return {'text/plain': textTable(columns, few, caption(few.length)), 'text/html': table(columns, texts, caption(texts.length))};
}

/** Lists of one length by the names of their columns → records. */
export function recordsOf(lists: Readonly<Record<string, ArrayLike<unknown>>>): object[] {
  const entries = Object.entries(lists);
  const length = Math.max(0, ...entries.map(([, list]) => list.length));
  return Array.from({length}, (_, i) => Object.fromEntries(entries.map(([name, list]) => [name, list[i]])));
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
