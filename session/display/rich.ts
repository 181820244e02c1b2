import type {MimeBundle} from '../wire/messages.ts';
import {displaySymbol} from './bundle.ts';
import {fileBundle, type FileKind} from './files.ts';
import {recordsBundle, type TableOptions} from './records.ts';
import {cutText, plainText} from './text.ts';
import {vegaLiteBundle, type VegaSpec} from './vega.ts';

/** What a cell can show: as its last expression, or by `display`. */
export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/** Called with text, or as a template's tag: html`<b>${name}</b>`. */
export interface Markup {
  (text: string): Displayable;
  (strings: TemplateStringsArray, ...values: unknown[]): Displayable;
}

/** HTML, as text or as a template's tag: html`<b>bold</b>`. It is shown as it is: escape what you do not trust. */
export const html: Markup = markup('text/html', textOfHtml);
/** SVG, as text or as a template's tag. */
export const svg: Markup = markup('image/svg+xml', text => `SVG picture${/<title>([^<]+)/.exec(text)?.[1]?.replace(/^/, ': ') ?? ''}`);
/** Markdown, as text or as a template's tag; formulas in $…$. */
export const markdown: Markup = markup('text/markdown');
/** LaTeX, as text or as a template's tag: latex`$e^{i\pi} = -1$`. Write $…$ or $$…$$ around a formula. */
export const latex: Markup = markup('text/latex');
/** A value as JSON, which JupyterLab shows as a tree to unfold. */
export const json = (value: unknown): Displayable => ({
  [displaySymbol]: () => ({'text/plain': plainText(value), 'application/json': asTree(value)}),
});
/** The bytes of a PNG file. */
export const png = (bytes: Uint8Array): Displayable => file('png', bytes);
/** The bytes of a JPEG file. */
export const jpeg = (bytes: Uint8Array): Displayable => file('jpeg', bytes);
/** The bytes of a GIF file. */
export const gif = (bytes: Uint8Array): Displayable => file('gif', bytes);

/** A chart in Vega-Lite's grammar: JupyterLab and VS Code draw it. A value whose `$schema` is Vega-Lite's shows itself so anyway. */
export const vegaLite = (spec: VegaSpec): Displayable => ({
  [displaySymbol]: () => vegaLiteBundle('toSpec' in spec ? spec : {$schema: 'https://vega.github.io/schema/vega-lite/v5.json', ...spec}),
});

/** Records, or lists of one length by the names of their columns, as a table: table([{x: 1, y: 2}]), table({x: [1, 2], y: [3, 4]}). */
export function table(
  records: readonly object[] | Iterable<object> | Readonly<Record<string, ArrayLike<unknown>>>,
  options: TableOptions = {},
): Displayable {
  return {[displaySymbol]: () => recordsBundle(records, options)};
}

function markup(mime: string, textOf: (text: string) => string = text => cutText(text)): Markup {
  return (given: string | TemplateStringsArray, ...values: unknown[]) => ({
    [displaySymbol]: () => {
      const text = typeof given === 'string' ? given : String.raw(given, ...values);
      return {'text/plain': textOf(text), [mime]: text};
    },
  });
}

const file = (kind: FileKind, bytes: Uint8Array): Displayable => ({[displaySymbol]: () => fileBundle(kind, bytes)});

/** Of what is longer the rest is not looked at: a regular expression may come back to each character. */
const longestSearched = 20_000;
const entities: Record<string, string> = {amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'"};

/** What remains of HTML where only text can be shown. */
function textOfHtml(text: string): string {
  const bare = text
    .slice(0, longestSearched)
    .replace(/<(style|script|svg)\b.*?<\/\1\s*>|<!--.*?-->/gis, ' ')
    .replace(/<\/(p|div|h\d|li|tr|table)>|<br\s*\/?>/gi, '\n')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(#39|\w+);/g, (all, name: string) => entities[name] ?? all);
  const lines = bare.split('\n').map(line => line.replace(/\s+/g, ' ').trim());
  return cutText(lines.filter(Boolean).join('\n')) || `HTML of ${text.length.toLocaleString('en')} characters`;
}

/** JSON of what is none: what JSON cannot say becomes text, so that nothing in a tree is lost without a word. */
function asTree(value: unknown, outer: readonly unknown[] = []): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value)))
    return value;
  if (typeof value !== 'object') return String(value);
  if (outer.includes(value)) return '[Circular]';
  const inner = [...outer, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') return asTree(Reflect.apply(value.toJSON, value, []), inner);
  const list =
    Array.isArray(value) || value instanceof Map || value instanceof Set || (ArrayBuffer.isView(value) && Symbol.iterator in value);
  if (list) return Array.from(value as Iterable<unknown>, part => asTree(part, inner));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asTree(part, inner)]));
}
