import type {Loading} from './whole.ts';

/**
 * What the session's two threads share: one lock, the running requests' ids, and printed text that is not sent yet.
 *
 * Whoever holds the lock may write to fd 5. The control thread ends the main thread's JavaScript only while it holds the lock itself:
 * so a frame is never cut in two by an interrupt.
 */
const lockSlot = 0;
const lengthSlot = 1;
const streamSlot = 2;
const childSlot = 3;
const loadingSlot = 4;
// An even number: what follows is aligned to eight bytes.
const slots = 6;
// Ids are larger than 32 bits: they have slots of their own, read and written under the lock.
const requestSlot = 0;
/** The largest id of those that began. */
const newestSlot = 1;
/** No id: when the main thread began to wait for a child. */
const childSinceSlot = 2;
/** How many requests can run at a time, each in a lane of its own. */
export const laneLimit = 32;
const firstInterruptedSlot = 3;
const firstRunningSlot = firstInterruptedSlot + laneLimit;
const firstBesideSlot = firstRunningSlot + laneLimit;
const idSlots = firstBesideSlot + 2 * laneLimit;
const textStart = 4 * slots + 8 * idSlots;
const textBytes = 64 * 1024;

// Taken before any cell can replace them.
const {compareExchange, load, notify, store, wait} = Atomics;

const free = 0;
export const mainThread = 1;
export const controlThread = 2;

const loadings: readonly (Loading | undefined)[] = [undefined, 'file', 'package'];

export interface BufferedText {
  readonly id: number;
  readonly name: 'stdout' | 'stderr';
  readonly text: string;
}

export class Shared {
  private readonly state: Int32Array;
  private readonly ids: Float64Array;
  private readonly bytes: Buffer;

  constructor(readonly memory = new SharedArrayBuffer(textStart + textBytes)) {
    this.state = new Int32Array(memory, 0, slots);
    this.ids = new Float64Array(memory, 4 * slots, idSlots);
    this.bytes = Buffer.from(memory, textStart, textBytes);
  }

  /** Waits for the lock. A thread that still holds it (a stack overflow can keep `unlock` from running) has it. */
  lock(owner: number): void {
    for (;;) {
      const holder = compareExchange(this.state, lockSlot, free, owner);
      if (holder === free || holder === owner) return;
      wait(this.state, lockSlot, holder, 100);
    }
  }

  /** Takes the lock where that is possible at once. */
  tryLock(owner: number): boolean {
    const holder = compareExchange(this.state, lockSlot, free, owner);
    return holder === free || holder === owner;
  }

  /** Waits for the lock; false where this thread holds it already, and so must not give it up. */
  enter(owner: number): boolean {
    if (load(this.state, lockSlot) === owner) return false;
    this.lock(owner);
    return true;
  }

  unlock(): void {
    store(this.state, lockSlot, free);
    notify(this.state, lockSlot);
  }

  /** Marks a request as being worked on. There is a slot: no more than `laneLimit` are at a time. */
  begin(id: number): void {
    this.ids[newestSlot] = Math.max(id, this.ids[newestSlot]!);
    this.ids[this.ids.indexOf(0, firstRunningSlot)] = id;
  }

  /** The same for one that takes no lane. Where so many are under way that there is no slot, an interrupt finds the others. */
  beginBeside(id: number): void {
    this.ids[newestSlot] = Math.max(id, this.ids[newestSlot]!);
    const slot = this.ids.indexOf(0, firstBesideSlot);
    if (slot >= 0) this.ids[slot] = id;
  }

  /** Also of one that was interrupted before it began. */
  end(id: number): void {
    const slot = this.ids.indexOf(id, firstInterruptedSlot);
    if (slot >= 0) this.ids[slot] = 0;
  }

  /** Notes those that have not begun: they must not begin any more. One for which there is no slot is only told. */
  noteInterrupted(ids: readonly number[]): void {
    for (const id of ids) {
      const slot = this.ids.indexOf(0, firstInterruptedSlot);
      if (id > this.ids[newestSlot]! && slot < firstRunningSlot) this.ids[slot] = id;
    }
  }

  /** Whether it was interrupted before it began, and nobody has answered it. */
  isInterrupted(id: number): boolean {
    const slot = this.ids.indexOf(id, firstInterruptedSlot);
    return slot >= 0 && slot < firstRunningSlot;
  }

  isRunning(id: number): boolean {
    return this.ids.includes(id, firstRunningSlot);
  }

  /** Since when the main thread has waited for a child process, running no JavaScript, as `now` of children.ts tells the time; undefined where it does not. */
  get awaitsChildSince(): number | undefined {
    return load(this.state, childSlot) === 1 ? this.ids[childSinceSlot] : undefined;
  }

  set awaitsChildSince(since: number | undefined) {
    if (since !== undefined) this.ids[childSinceSlot] = since;
    store(this.state, childSlot, since === undefined ? 0 : 1);
  }

  /** What the main thread is loading: see whole.ts. */
  get loading(): Loading | undefined {
    return loadings[load(this.state, loadingSlot)];
  }

  /** Under the lock, so that an interrupt comes before it or after it. */
  tellLoading(loading: Loading | undefined): void {
    this.lock(mainThread);
    store(this.state, loadingSlot, loadings.indexOf(loading));
    this.unlock();
  }

  get buffered(): boolean {
    return this.state[lengthSlot] !== 0;
  }

  /** Appends to the text that waits; false where it does not fit or belongs elsewhere: then it is to be taken out first. */
  append(id: number, stream: number, text: string): boolean {
    const length = this.state[lengthSlot]!;
    if (length && (this.ids[requestSlot] !== id || this.state[streamSlot] !== stream)) return false;
    if (text.length * 3 > textBytes - length) return false;
    this.ids[requestSlot] = id;
    this.state[streamSlot] = stream;
    this.state[lengthSlot] = length + this.bytes.write(text, length);
    return true;
  }

  take(): BufferedText {
    const text = this.bytes.toString('utf8', 0, this.state[lengthSlot]);
    this.state[lengthSlot] = 0;
    return {id: this.ids[requestSlot]!, name: this.state[streamSlot] === 2 ? 'stderr' : 'stdout', text};
  }
}
