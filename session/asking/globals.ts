import type {EventWriter} from '../output/events.ts';
import type {MimeBundle} from '../wire/messages.ts';
import type {Asks} from './asks.ts';

declare global {
  /** Asks the person at the front end for a line of text. @throws StdinNotImplementedError where nobody can answer */
  function input(prompt?: string): Promise<string>;
  /** Like `input`, but what is typed is not shown. */
  function password(prompt?: string): Promise<string>;
  /** Shows text, or a bundle of MIME types (with text/plain), in the front end's pager once the cell is done. */
  function page(shown: string | MimeBundle): void;
  /** Puts code into a new cell below, or, with `replace`, in the place of this one. */
  function setNextInput(code: string, options?: {readonly replace?: boolean}): void;
}

/** The functions by which a cell talks to the person at the front end. A cell may declare their names for itself. */
export function installGlobals(asks: Asks, events: EventWriter): void {
  const globals: Pick<typeof globalThis, 'input' | 'password' | 'page' | 'setNextInput'> = {
    input: (prompt = '') => asks.line('input', String(prompt), false),
    password: (prompt = '') => asks.line('password', String(prompt), true),
    page(shown) {
      const data = typeof shown === 'string' ? {'text/plain': shown} : shown;
      if (typeof data !== 'object' || data === null || typeof data['text/plain'] !== 'string')
        throw new TypeError(
          "Expected a string or a bundle with text/plain; write page('…') or page({'text/plain': '…', 'text/html': '…'})",
        );
      events.send({type: 'payload', id: events.cause, payload: {source: 'page', data, start: 0}});
    },
    setNextInput(code, {replace = false} = {}) {
      const payload = {source: 'set_next_input', text: String(code), replace} as const;
      events.send({type: 'payload', id: events.cause, payload});
    },
  };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, {value, configurable: true, writable: true});
}
