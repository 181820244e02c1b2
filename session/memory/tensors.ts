import type {MimeBundle} from '../wire/messages.ts';
import {displaySymbol} from '../display/bundle.ts';
import {bytesText, type Column, counted, table, textTable} from '../display/markup.ts';
import {memory, type Memory} from './index.ts';
import type {Ledger} from './ledger.ts';
import {namedTensors} from './reach.ts';

/** A tensor that is alive, or several that nobody can dispose and that were made at one place. */
export interface TensorRow {
  /** How a variable of the notebook leads there: `model.layers[0].kernel.val`. Empty where none does. */
  readonly name: string;
  /** The cell that ran when it was made: `In [4]`. */
  readonly cell: string;
  /** The line that made it: `In [2]:5`. Empty where it is not known. */
  readonly line: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** 1, or how many were made at this line and are lost. */
  readonly count: number;
}

/** Rows that show themselves as a table. */
export interface TensorList extends ReadonlyArray<TensorRow> {
  [displaySymbol](): MimeBundle;
}

/**
 * The tensors that are alive, by cell and by name: what a notebook holds, and what it has lost and can dispose no more.
 * Those inside a running tf.tidy are not listed: it disposes them itself.
 */
export function tensors(): TensorList {
  const watch = memory();
  const {ledger} = watch ?? {};
  const rows = watch && ledger ? rowsOf(watch, ledger) : [];
  const nothing = watch ? 'No tensors: no cell has imported tf yet.' : 'No tensors are watched: this is no notebook.';
  return Object.defineProperty(rows, displaySymbol, {
    value: () => (ledger ? shownRows(rows, ledger.count) : {'text/plain': nothing}),
  }) as unknown as TensorList;
}

/** Whether cells say which tensors they leave held by no variable; they do unless SNAPGRID_LEAKS is off. */
export function reportLeaks(on: boolean): void {
  const watch = memory();
  if (watch) watch.reports = Boolean(on);
}

function rowsOf(watch: Memory, ledger: Ledger): TensorRow[] {
  ledger.resolve();
  const names = namedTensors(ledger.tf, watch.builtins);
  const alive = Array.from(ledger.entries.values(), ({id, request, place, dtype, shape, bytes, variable, shown}) => ({
    name: names.get(id) ?? (variable === undefined ? (shown ? '(shown by its cell)' : '') : `tf.Variable “${variable}”`),
    cell: watch.cellOf(request),
    line: place?.text ?? '',
    dtype,
    shape,
    bytes,
    count: 1,
  }));
  const lost = Array.from(ledger.leaks.values(), ({request, place, count, bytes}) => ({
    name: `(${count.toLocaleString('en')} lost)`,
    cell: watch.cellOf(request),
    line: place?.text ?? '',
    dtype: '',
    shape: [],
    bytes,
    count,
  }));
  return [...alive, ...lost];
}

const columns: readonly Column[] = [
  {name: 'name', align: 'left'},
  {name: 'cell', align: 'left'},
  {name: 'line', align: 'left'},
  {name: 'dtype', align: 'left'},
  {name: 'shape', align: 'left'},
  {name: 'bytes'},
];
const mostRows = 100;

function shownRows(rows: readonly TensorRow[], alive: number): MimeBundle {
  const texts = rows
    .slice(0, mostRows)
    .map(({name, cell, line, dtype, shape, bytes}) => [
      name || '—',
      cell,
      line,
      dtype,
      dtype ? `[${shape.join(', ')}]` : '',
      bytes.toLocaleString('en'),
    ]);
  const listed = rows.reduce((sum, {count}) => sum + count, 0);
  const parts = [
    `${counted(listed, 'tensor')} · ${bytesText(rows.reduce((sum, {bytes}) => sum + bytes, 0))}`,
    ...(rows.length > mostRows ? [`the first ${mostRows} rows`] : []),
    ...(alive > listed ? [`${(alive - listed).toLocaleString('en')} more that tf uses or that are in a running tf.tidy`] : []),
  ];
  const caption = parts.join(' · ');
  return {'text/plain': textTable(columns, texts, caption), 'text/html': table(columns, texts, caption)};
}
