import {inspect} from 'node:util';
import type {MimeBundle} from '../wire/messages.ts';

/** How a value is shown: by itself (`Symbol.for('Jupyter.display')`), by what we know of its kind, else as text. */
export async function toBundle(value: unknown): Promise<MimeBundle> {
  return {'text/plain': inspect(value, {depth: 4, maxArrayLength: 100, maxStringLength: 10_000})};
}
