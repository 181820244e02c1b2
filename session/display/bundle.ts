import {types} from 'node:util';
import {whole} from '../life/whole.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {isTypedArray} from '../wire/plain.ts';
import {fileBundle, fileKind} from './files.ts';
import {isHistory, isLayer, isModel} from './kinds.ts';
import {isRecords, recordsBundle} from './records.ts';
import {sendable} from './sendable.ts';
import {plainText, thrownBy} from './text.ts';
import {isVegaLite, vegaLiteBundle} from './vega.ts';

/** A value with this method shows itself: it returns a bundle, or a promise of one. */
export const displaySymbol = Symbol.for('Jupyter.display');

/**
 * How a value is shown: by itself, by what is known of its kind, else as text. A promise only where the picture takes one.
 * Never throws and never rejects: what a value's own code throws is said in its text.
 */
export function toBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  try {
    const bundle = bundleOf(value);
    if (!(bundle instanceof Promise)) return sendable(bundle);
    return bundle.then(sendable).catch((error: unknown) => faulty(value, error));
  } catch (error) {
    return faulty(value, error);
  }
}

function bundleOf(value: unknown): MimeBundle | Promise<MimeBundle> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return plain(value);
  // What a proxy answers may be anything: only whether it shows itself is asked.
  const own: unknown = Reflect.get(value, displaySymbol);
  if (typeof own === 'function') return shownByItself(value, Reflect.apply(own, value, []));
  if (typeof value === 'function' || types.isProxy(value)) return plain(value);
  if (isElement(value)) return elementBundle(value);
  if (isTypedArray(value)) return typedArray(value);
  if (isRecords(value)) return recordsBundle(value);
  if ('dataId' in value && 'dtype' in value)
    return whole(() => import('./tensor.ts')).then(({isTensor, tensorBundle}) => (isTensor(value) ? tensorBundle(value) : plain(value)));
  if (isModel(value)) return whole(() => import('./model.ts')).then(({modelBundle}) => modelBundle(value));
  if (isLayer(value)) return whole(() => import('./model.ts')).then(({layerBundle}) => layerBundle(value));
  if (isHistory(value)) return whole(() => import('./model.ts')).then(({historyBundle}) => historyBundle(value));
  if (isVegaLite(value)) return vegaLiteBundle(value);
  return plain(value);
}

const plain = (value: unknown): MimeBundle => ({'text/plain': plainText(value)});

const faulty = (value: unknown, error: unknown): MimeBundle => ({
  'text/plain': `${plainText(value)}\n(${thrownBy('its display', error)})`,
});

/** What a bundle's keys look like. */
export const mime = /^[\w.+-]+\/[\w.+-]+$/;

function shownByItself(value: object, shown: unknown): MimeBundle | Promise<MimeBundle> {
  if (shown instanceof Promise) return shown.then(later => shownByItself(value, later));
  if (typeof shown !== 'object' || shown === null || !Object.keys(shown).every(key => mime.test(key))) return plain(value);
  // An empty bundle: there is nothing to show.
  return 'text/plain' in shown || !Object.keys(shown).length ? {...shown} : {...plain(value), ...shown};
}

function typedArray(value: Parameters<typeof fileKind>[0]): MimeBundle | Promise<MimeBundle> {
  const kind = fileKind(value);
  if (kind) return fileBundle(kind, value as Uint8Array);
  return value.length && typeof value[0] === 'number'
    ? whole(() => import('./tensor.ts')).then(({typedArrayBundle}) => typedArrayBundle(value))
    : plain(value);
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
