import {AsyncLocalStorage} from 'node:async_hooks';
import timers from 'node:timers';
import {promisify} from 'node:util';

/** Which request caused what happens now, also in timers and promises that outlive it. */
export interface Causes {
  run(id: number, action: () => void): void;
  /** The same for a request that is worked on beside the newest one, and does not take its place. */
  runBeside(id: number, action: () => void): void;
  /** undefined where it is not known: then it belongs to the newest request. */
  current(): number | undefined;
  /** Another request ended, `id` still runs: what has no known cause is its. */
  resume(id: number): void;
}

/**
 * AsyncLocalStorage, where V8 itself carries the context (Node 24; 22 with a flag). Before, it is made of asynchronous hooks, and an
 * interrupt in a promise's reaction then aborts the process (`execution_async_id() == 0`): so there timers carry the context.
 */
export function trackCauses(): Causes {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const carriedByV8 =
    process.execArgv.includes('--experimental-async-context-frame') ||
    (major >= 24 && !process.execArgv.includes('--no-async-context-frame'));
  if (!carriedByV8) return new TimerCauses();
  const storage = new AsyncLocalStorage<number>();
  const run = (id: number, action: () => void): void => storage.run(id, action);
  return {run, runBeside: run, current: () => storage.getStore(), resume: () => {}};
}

type Callback = (...args: unknown[]) => unknown;
type Timer = (callback: Callback, ...rest: unknown[]) => unknown;

class TimerCauses implements Causes {
  private id: number | undefined;
  private newest: number | undefined;
  private readonly setImmediate = setImmediate;

  constructor() {
    for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
      const original = globalThis[name] as unknown as Timer & {[promisify.custom]?: unknown};
      const wrapped = Object.assign((callback: Callback, ...rest: unknown[]) => original(this.carry(callback), ...rest), {
        [promisify.custom]: original[promisify.custom],
      });
      Object.defineProperty(wrapped, 'name', {value: name});
      Reflect.set(globalThis, name, wrapped);
      Reflect.set(timers, name, wrapped);
    }
  }

  run(id: number, action: () => void): void {
    this.id = undefined;
    this.newest = id;
    action();
  }

  runBeside(id: number, action: () => void): void {
    this.remember(id);
    action();
  }

  current(): number | undefined {
    return this.id ?? this.newest;
  }

  resume(id: number): void {
    this.newest = id;
  }

  private carry(callback: Callback): Callback {
    const cause = this.current();
    if (typeof callback !== 'function') return callback;
    const remember = (): void => this.remember(cause);
    return function (this: unknown, ...args) {
      remember();
      return Reflect.apply(callback, this, args);
    };
  }

  private remember(cause: number | undefined): void {
    this.id = cause;
    const {setImmediate} = this;
    setImmediate(this.forget); // only then: the promises that the callback settles go on under the same cause
  }

  private readonly forget = (): void => void (this.id = undefined);
}
