import timers from 'node:timers';
import {promisify} from 'node:util';
import {mainThread, type Shared} from './shared.ts';

/**
 * An interrupt ends JavaScript without its `finally`. Node's lists of timers and its queue of immediates do not outlive that: ended while it
 * adds a timer to them, none of the same duration fires any more; while it takes an immediate out, each later one fails. So nothing ends these.
 */
type Callback = (...args: unknown[]) => void;

let shared: Shared | undefined;

/** From now on timers are set and cleared in one piece. */
export function openTimerQueues(memory: Shared): void {
  shared = memory;
}

const {setImmediate: original} = globalThis;
const {nextTick} = process;
const {apply} = Reflect;

/**
 * Ended inside of an immediate's callback, Node's queue loses those behind, or fails for ever. So a callback runs as a tick: Node runs that
 * right behind its immediate, when the queue is in order again.
 */
function setImmediate(callback: Callback, ...args: unknown[]): NodeJS.Immediate {
  if (typeof callback !== 'function') return original(callback, ...args);
  return original(function (this: NodeJS.Immediate) {
    nextTick(apply, callback, this, args);
  });
}
Object.defineProperty(setImmediate, promisify.custom, {value: original[promisify.custom as never], configurable: true});

function inOnePiece(holder: object, name: string): void {
  const action = Reflect.get(holder, name) as Callback & {[promisify.custom]?: unknown};
  const whole = function (this: unknown): unknown {
    if (!shared?.enter(mainThread)) return apply(action, this, arguments as unknown as unknown[]);
    try {
      return apply(action, this, arguments as unknown as unknown[]);
    } finally {
      shared.unlock();
    }
  };
  const properties = Object.getOwnPropertyDescriptors(action);
  Object.defineProperties(whole, {name: properties.name!, length: properties.length!});
  const promised = action[promisify.custom];
  if (promised) Object.defineProperty(whole, promisify.custom, {value: promised, configurable: true});
  Reflect.set(holder, name, whole);
  if (Reflect.has(timers, name)) Reflect.set(timers, name, whole);
}

// Whoever takes them from here on takes these: so this file is the first that a session loads.
Reflect.set(globalThis, 'setImmediate', setImmediate);
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'])
  inOnePiece(globalThis, name);
const timer = setTimeout(() => {}, 0);
clearTimeout(timer);
for (const name of ['refresh', 'close']) inOnePiece(Object.getPrototypeOf(timer) as object, name);
inOnePiece(AbortSignal, 'timeout');
