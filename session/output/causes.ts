import {AsyncLocalStorage} from 'node:async_hooks';
import {wrapTimers} from './timers.ts';

// Taken before any cell can replace it.
const nextTick = process.nextTick.bind(process);

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
  /** An await begins: what goes on behind it. */
  begun(): Trail;
  /** Goes on behind an await that began with this trail; true: not so, its request was interrupted meanwhile. */
  back(trail: Trail): boolean;
}

/** To which request code belongs that awaits, and how many interrupts there had been. */
export interface Trail {
  /** undefined where it is not known: then no interrupt ends it. */
  readonly id: number | undefined;
  readonly interrupts: number;
}

/** Interrupted requests. What is begun on behalf of one later, as by a server of its, is not over. */
class Cancelled {
  private readonly when = new Map<number, number>();
  private interrupts = 0;
  private last: Trail = {id: undefined, interrupts: 0};

  add(id: number): void {
    if (!this.when.has(id)) this.when.set(id, ++this.interrupts);
  }

  has(id: number | undefined): boolean {
    return id !== undefined && this.when.has(id);
  }

  trail(id: number | undefined): Trail {
    const {last, interrupts} = this;
    return last.id === id && last.interrupts === interrupts ? last : (this.last = {id, interrupts});
  }

  isOver({id, interrupts}: Trail): boolean {
    return id !== undefined && (this.when.get(id) ?? 0) > interrupts;
  }
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
  const cancelled = new Cancelled();
  wrapTimers(() => {
    const cause = storage.getStore();
    return () => !cancelled.has(cause);
  });
  const run = (id: number, action: () => void): void => storage.run(id, action);
  return {
    run,
    runBeside: run,
    current: () => storage.getStore(),
    resume: () => {},
    cancel: id => cancelled.add(id),
    begun: () => cancelled.trail(storage.getStore()),
    back: trail => cancelled.isOver(trail),
  };
}

class TimerCauses implements Causes {
  /** Known only until the next turn of the event loop. */
  private id: number | undefined;
  /** Whether `id` is more than a guess. */
  private certain = false;
  private newest: number | undefined;
  private readonly cancelled = new Cancelled();
  private readonly setImmediate = setImmediate;
  /** `drained` will be called. */
  private draining = false;

  constructor() {
    wrapTimers(() => {
      const cause = this.current();
      // What is set after the interrupt by something unknown (a server's callback) only seems to be the newest request's.
      const certain = this.id === undefined ? !this.cancelled.has(cause) : this.certain;
      return () => {
        if (certain && this.cancelled.has(cause)) return false;
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

  begun(): Trail {
    return this.cancelled.trail(this.certain ? this.id : undefined);
  }

  back(trail: Trail): boolean {
    if (this.cancelled.isOver(trail)) return true;
    this.id = trail.id;
    this.certain = true;
    if (this.id !== undefined && !this.draining) {
      this.draining = true;
      nextTick(this.drained); // runs when no promise's reaction is left: each sets its own cause
    }
    return false;
  }

  private readonly drained = (): void => {
    this.draining = false;
    this.id = undefined;
  };

  private remember(cause: number | undefined, certain = true): void {
    this.id = cause;
    this.certain = certain;
    const {setImmediate} = this;
    setImmediate(this.forget); // only then: the promises that the callback settles go on under the same cause
  }

  private readonly forget = (): void => void (this.id = undefined);
}
