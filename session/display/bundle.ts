import {inspect} from 'node:util';
import type {MimeBundle} from '../wire/messages.ts';
import {isTypedArray} from '../wire/plain.ts';
import {shortNumber, table} from './markup.ts';

/** A value with this method shows itself: it returns a bundle, or a promise of one. */
export const displaySymbol = Symbol.for('Jupyter.display');

/** How a value is shown: by itself, by what is known of its kind, else as text. A promise only where the picture takes one. */
export function toBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (typeof value !== 'object' || value === null) return plain(value);
  const own: unknown = Reflect.get(value, displaySymbol);
  if (typeof own === 'function') return shownByItself(value, Reflect.apply(own, value, []));
  if (isElement(value)) return elementBundle(value);
  if (isTypedArray(value) && value.length && typeof value[0] !== 'bigint')
    return import('./tensor.ts').then(({typedArrayBundle}) => typedArrayBundle(value));
  if (isRecords(value)) return {...plain(value), 'text/html': recordsTable(value)};
  if ('dataId' in value && 'dtype' in value)
    return import('./tensor.ts').then(({isTensor, tensorBundle}) => (isTensor(value) ? tensorBundle(value) : plain(value)));
  if (isModel(value)) return modelBundle(value);
  return plain(value);
}

const plain = (value: unknown): MimeBundle => ({'text/plain': inspect(value, {depth: 4, maxArrayLength: 100, maxStringLength: 10_000})});

function shownByItself(value: object, shown: unknown): MimeBundle | Promise<MimeBundle> {
  if (shown instanceof Promise) return shown.then(later => shownByItself(value, later));
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return plain(value);
  return 'text/plain' in shown ? {...shown} : {...plain(value), ...shown};
}

/** An element of any document: Observable Plot's, jsdom's. */
const isElement = (value: object): value is {tagName: string; outerHTML: string} =>
  'outerHTML' in value && typeof value.outerHTML === 'string' && 'tagName' in value && typeof value.tagName === 'string';

/** A plot's title is a heading, which a notebook would set as large as its own and list among its sections: shown as a caption instead. */
function elementBundle({tagName, outerHTML}: {tagName: string; outerHTML: string}): MimeBundle {
  const title = tagName.toLowerCase() === 'figure' ? /^(<figure[^>]*>(?:<style>[^<]*<\/style>)?)<h2>(.*?)<\/h2>/s.exec(outerHTML) : null;
  if (!title) return {'text/plain': `<${tagName.toLowerCase()}>`, 'text/html': outerHTML};
  const [all, opening, words] = title;
  const named = `<svg role="img" aria-label="${words!.replace(/"/g, '&quot;')}"`;
  const rest = outerHTML.slice(all.length).replace(/<svg(?![^>]*aria-label)/, () => named);
  return {'text/plain': `Plot: ${words}`, 'text/html': `${opening}<div style="font-weight: 600">${words}</div>${rest}`};
}

type Row = Readonly<Record<string, unknown>>;
const shownRows = 50;

const isPlainRecord = (value: unknown): value is Row =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);
const isRecords = (value: object): value is Row[] =>
  Array.isArray(value) && value.length > 0 && value.slice(0, shownRows).every(row => isPlainRecord(row) && Object.keys(row).length > 0);

function recordsTable(rows: readonly Row[]): string {
  const shown = rows.slice(0, shownRows);
  const columns = [...new Set(shown.flatMap(row => Object.keys(row)))].slice(0, 20);
  const text = (value: unknown): string => {
    if (value === undefined) return '';
    if (typeof value === 'number') return shortNumber(value);
    return typeof value === 'string' ? value : inspect(value, {depth: 0, breakLength: Infinity});
  };
  const caption = rows.length > shownRows ? `${shownRows} of ${rows.length} rows` : `${rows.length} row${rows.length === 1 ? '' : 's'}`;
  return table(
    columns,
    shown.map(row => columns.map(column => text(row[column]).slice(0, 200))),
    caption,
  );
}

interface ModelLike {
  readonly name: string;
  readonly layers: readonly {readonly name: string; readonly outputShape: unknown; countParams(): number; getClassName(): string}[];
  countParams(): number;
}

const isModel = (value: object): value is ModelLike =>
  'layers' in value && Array.isArray(value.layers) && 'countParams' in value && 'summary' in value && 'predict' in value;

function modelBundle(model: ModelLike): MimeBundle {
  const rows = model.layers.map(layer => [
    layer.name,
    layer.getClassName(),
    JSON.stringify(layer.outputShape),
    layer.countParams().toLocaleString('en'),
  ]);
  const caption = `${model.name} · ${model.countParams().toLocaleString('en')} parameters`;
  const text = [caption, ...rows.map(row => `  ${row.join('  ')}`)].join('\n');
  return {'text/plain': text, 'text/html': table(['layer', 'class', 'output shape', 'parameters'], rows, caption)};
}
