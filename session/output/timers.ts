import timers from 'node:timers';
import promised from 'node:timers/promises';
import {promisify} from 'node:util';

type Callback = (...args: unknown[]) => unknown;
type Timer = (callback: Callback, ...rest: unknown[]) => unknown;
type PromisedTimer = (...args: unknown[]) => Promise<unknown>;

/** Wraps every timer: `started` is called when one is set, what it gives when that fires: false, and the timer is as if it had never been. */
export function wrapTimers(started: () => () => boolean): void {
  for (const name of ['setTimeout', 'setImmediate'] as const) {
    const original = promised[name] as PromisedTimer;
    const wrapped: PromisedTimer = (...args) => {
      const fires = started();
      return original(...args).then(value => (fires() ? value : new Promise(() => {})));
    };
    Object.defineProperty(wrapped, 'name', {value: name});
    Reflect.set(promised, name, wrapped);
  }
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    const original = globalThis[name] as unknown as Timer;
    const wrapped: Timer = function (this: unknown, callback) {
      const args = arguments as unknown as unknown[];
      if (typeof callback === 'function') args[0] = carried(callback, started());
      return apply(original, this, args);
    };
    Object.defineProperty(wrapped, 'name', {value: name});
    const own = name === 'setInterval' ? undefined : promised[name];
    if (own) Object.defineProperty(wrapped, promisify.custom, {value: own, configurable: true});
    Reflect.set(globalThis, name, wrapped);
    Reflect.set(timers, name, wrapped);
  }
}

// Taken before any cell can replace them. What a timer passes on is not spread: the iterator of arrays may be what a cell replaced.
const {clearInterval} = globalThis;
const {apply} = Reflect;

function carried(callback: Callback, fires: () => boolean): Callback {
  return function (this: unknown) {
    if (fires()) return apply(callback, this, arguments as unknown as unknown[]);
    return clearInterval(this as NodeJS.Timeout);
  };
}
