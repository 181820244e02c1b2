import type {EventWriter} from '../output/events.ts';
import type {Asks} from './asks.ts';
import type {} from './declared.ts';

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
