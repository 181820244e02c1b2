import timers from 'node:timers';
import {promisify} from 'node:util';

type Callback = (...args: unknown[]) => void;

/**
 * An interrupt ends JavaScript without its `finally`. Node's queue of immediates needs one: ended inside of an immediate's callback, it loses
 * those behind, or fails for ever. So a callback runs as a tick: Node runs that right behind its immediate, when the queue is in order again.
 */
const {setImmediate: original} = globalThis;
const {nextTick} = process;
const {apply} = Reflect;

function setImmediate(callback: Callback, ...args: unknown[]): NodeJS.Immediate {
  if (typeof callback !== 'function') return original(callback, ...args);
  return original(function (this: NodeJS.Immediate) {
    nextTick(apply, callback, this, args);
  });
}
Object.defineProperty(setImmediate, promisify.custom, {value: original[promisify.custom as never], configurable: true});

// Whoever takes it from here on takes this one: so this file is the first that a session loads.
Reflect.set(globalThis, 'setImmediate', setImmediate);
Reflect.set(timers, 'setImmediate', setImmediate);
