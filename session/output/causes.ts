import {AsyncLocalStorage} from 'node:async_hooks';
import {wrapTimers} from './timers.ts';

/** Which request caused what happens now, also in timers and promises that outlive it. */
export interface Causes {
  run(id: number, action: () => void): void;
  /** The same for a request that is worked on beside the newest one, and does not take its place. */
  runBeside(id: number, action: () => void): void;
  /** undefined where it is not known: then it belongs to the newest request. */
  current(): number | undefined;
  /** Another request ended, `id` still runs: what has no known cause is its. */
  resume(id: number): void;
  /** The request was interrupted: none of its timers fires any more, and so a loop is over that awaits one. */
  cancel(id: number): void;
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
  return carriedByV8 ? contextCauses() : new TimerCauses();
}

function contextCauses(): Causes {
  const storage = new AsyncLocalStorage<number>();
  const cancelled = new Set<number>();
  wrapTimers(() => {
    const cause = storage.getStore();
    return () => cause === undefined || !cancelled.has(cause);
  });
  const run = (id: number, action: () => void): void => storage.run(id, action);
  return {run, runBeside: run, current: () => storage.getStore(), resume: () => {}, cancel: id => void cancelled.add(id)};
}

class TimerCauses implements Causes {
  /** Known only until the next turn of the event loop. */
  private id: number | undefined;
  /** Whether `id` is more than a guess. */
  private certain = false;
  private newest: number | undefined;
  private readonly cancelled = new Set<number>();
  private readonly setImmediate = setImmediate;

  constructor() {
    wrapTimers(() => {
      const cause = this.current();
      // What is set after the interrupt by something unknown (a server's callback) only seems to be the newest request's.
      const certain = this.id === undefined ? !this.cancelled.has(cause!) : this.certain;
      return () => {
        if (certain && this.cancelled.has(cause!)) return false;
        this.remember(cause, certain);
        return true;
      };
    });
  }

  run(id: number, action: () => void): void {
    this.newest = id;
    this.remember(id);
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

  cancel(id: number): void {
    this.cancelled.add(id);
  }

  private remember(cause: number | undefined, certain = true): void {
    this.id = cause;
    this.certain = certain;
    const {setImmediate} = this;
    setImmediate(this.forget); // only then: the promises that the callback settles go on under the same cause
  }

  private readonly forget = (): void => void (this.id = undefined);
}
