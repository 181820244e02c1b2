import {randomUUID} from 'node:crypto';
import {channel} from '../output/channel.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {displaySymbol, mime, toBundle} from './bundle.ts';
import {sendable} from './sendable.ts';

export interface DisplayOptions {
  /** Names the output, so that a later `display` with the same id and `update: true` replaces it, from any cell. */
  readonly id?: string;
  /** Replaces what was shown under this id, wherever that stands. */
  readonly update?: boolean;
  /** Metadata of the output, by MIME type: {'image/png': {width: 200}}. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Something that is shown: settles when it has been sent. */
export interface Shown extends Promise<void> {
  readonly id: string;
  /** Shows another value in its place. */
  update(value: unknown): Shown;
}

/**
 * Shows a value, or a MIME bundle, below the cell: `const shown = display('one'); shown.update('two')`.
 * What needs no drawing is shown before this returns; the rest in order, before the cell is done. Never throws because of the value.
 */
export function display(value: unknown, {id = randomUUID(), update, metadata}: DisplayOptions = {}): Shown {
  const bundle = isBundle(value) ? sendable(value) : toBundle(value);
  // A cell is not held to types: an option of another type would break the protocol, and end the session.
  const options = {displayId: String(id), ...(update ? {update: true} : {}), ...(isRecord(metadata) ? {metadata: {...metadata}} : {})};
  const open = channel();
  // In a program that is no session, a terminal shows it.
  const sent = open ? open.display(bundle, options) : Promise.resolve(bundle).then(shown => console.log(shown['text/plain'] ?? shown));
  return Object.assign(sent, {
    id: options.displayId,
    update: (next: unknown) => display(next, {id: options.displayId, update: true}),
    // As a cell's last expression it is shown already.
    [displaySymbol]: () => ({}),
  });
}

/** Removes the cell's output; with `wait`, when the next output comes. */
export function clear({wait = false}: {readonly wait?: boolean} = {}): void {
  channel()?.clear(Boolean(wait));
}

/** A record whose every key is a MIME type. */
function isBundle(value: unknown): value is MimeBundle {
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every(key => mime.test(key));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
