import {wholeNow} from './whole.ts';

const {apply, getOwnPropertyDescriptor, defineProperty} = Reflect;

/**
 * Node loads its `fetch`, and the classes that come with it, when one of them is first used. Cut off then by an interrupt, all stay half-loaded
 * for ever: so they are loaded in one piece.
 */
export function loadFetchWhole(): void {
  for (const name of ['Response', 'Request', 'Headers', 'FormData', 'WebSocket']) {
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    const get = descriptor?.get;
    if (get) defineProperty(globalThis, name, {...descriptor, get: () => wholeNow(() => apply(get, globalThis, []) as unknown)});
  }
  const {fetch: original} = globalThis;
  let loaded = false;
  const fetch = (...args: Parameters<typeof original>): Promise<Response> => {
    loaded ||= globalThis.Response !== undefined;
    return apply(original, globalThis, args);
  };
  Reflect.set(globalThis, 'fetch', fetch);
}
