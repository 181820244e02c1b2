import {channel} from '../output/channel.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {displaySymbol, toBundle} from './bundle.ts';

/** What a cell can show: as its last expression, or by `display`. */
export interface Displayable {
  [displaySymbol](): MimeBundle;
}

export interface DisplayOptions {
  /** Names the output, so that a later `display` with the same id and `update: true` replaces it. */
  readonly id?: string;
  readonly update?: boolean;
}

/** Shows a value, or a MIME bundle, below the cell. What needs no drawing is shown before this returns; the rest in order, before the cell is done. */
export function display(value: unknown, {id, update}: DisplayOptions = {}): Promise<void> {
  const bundle = isBundle(value) ? value : toBundle(value);
  // A cell is not held to types: an option of another type would break the protocol, and end the session.
  const options = {...(id === undefined ? {} : {displayId: String(id)}), ...(update ? {update: true} : {})};
  const open = channel();
  if (open) return open.display(bundle, options);
  // In a program that is no session, a terminal shows it.
  return Promise.resolve(bundle).then(shown => console.log(shown['text/plain'] ?? shown));
}

/** Removes the cell's output; with `wait`, when the next output comes. */
export function clear({wait = false}: {wait?: boolean} = {}): void {
  channel()?.clear(Boolean(wait));
}

export const html = (text: string): Displayable => displayable('text/html', text);
export const svg = (text: string): Displayable => displayable('image/svg+xml', text);
export const markdown = (text: string): Displayable => displayable('text/markdown', text);
export const latex = (text: string): Displayable => displayable('text/latex', text);
export const json = (value: unknown): Displayable => displayable('application/json', value);
/** The bytes of a PNG file. */
export const png = (bytes: Uint8Array): Displayable =>
  displayable('image/png', Buffer.from(bytes).toString('base64'), `PNG of ${bytes.byteLength} bytes`);

function displayable(mime: string, data: unknown, text = typeof data === 'string' ? data : JSON.stringify(data)): Displayable {
  return {[displaySymbol]: () => ({'text/plain': text, [mime]: data})};
}

/** A record whose every key is a MIME type. */
function isBundle(value: unknown): value is MimeBundle {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every(key => /^[\w.+-]+\/[\w.+-]+$/.test(key));
}
