import type {tf as core} from '../../backend/core.ts';
import {isReported} from '../../backend/unreported.ts';
import {capture, type Place, placeOf, type Trace} from './places.ts';

type Core = typeof core;
type Engine = ReturnType<Core['engine']>;
type Tensor = core.Tensor;

/** A tensor that is alive and outside every tf.tidy. The tensor itself is not held: a watch must not keep what it watches. */
export interface Entry {
  readonly id: number;
  readonly request: number;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** A variable's name: tf itself holds variables. */
  readonly variable: string | undefined;
  trace: Trace | undefined;
  resolved: boolean;
  place: Place | undefined;
  /** Its place is that where most of its cell's tensors were made. */
  readonly guessed: boolean;
  /** The wrapper was collected as garbage: nobody can dispose the tensor any more. */
  dead: boolean;
  /** A garbage collection did not find it dead: something that cannot be looked into holds it. */
  survived: boolean;
  /** It is the value that its cell shows. */
  shown: boolean;
  /** A variable held it at the end of a cell. */
  named: boolean;
  /** Whether it is reported when it is lost. A check's are not. */
  readonly reported: boolean;
}

/** Tensors that nobody can dispose, by where they were made. */
export interface Leak {
  readonly request: number;
  readonly place: Place | undefined;
  count: number;
  bytes: number;
}

interface Hooked {
  track(this: Engine, tensor: Tensor): Tensor;
  keep(this: Engine, tensor: Tensor): Tensor;
  makeVariable: Engine['makeVariable'];
  disposeTensor(this: Engine, tensor: Tensor): void;
  disposeVariable(this: Engine, variable: Tensor): void;
}

/** As many traces a request are taken of each tensor; of more only every `sampled`-th. */
const traced = 256;
const sampled = 32;
const mostEntries = 200_000;

/**
 * The tensors that cells leave alive, by hooks of tf's engine. A tensor made inside a scope (tf.tidy, and every op is one) is disposed by it:
 * only what leaves the outermost scope is entered, so training steps in tidies cost nothing.
 */
export class Ledger {
  readonly entries = new Map<number, Entry>();
  readonly leaks = new Map<string, Leak>();
  /** Whether tensors were entered since the last report. */
  changed = false;
  private readonly collected = new FinalizationRegistry<number>(id => {
    const entry = this.entries.get(id);
    if (entry) entry.dead = true;
  });
  private readonly engine: Engine;
  private state: Engine['state'];
  private traces = 0;
  private tracedRequest = 0;

  constructor(
    readonly tf: Core,
    private readonly cause: () => number,
  ) {
    this.engine = tf.engine();
    this.state = this.engine.state;
    this.hook();
  }

  /** tf's own count of what is alive. */
  get count(): number {
    return this.engine.state.numTensors;
  }

  /** Finds out where the entries were made; their traces hold what was on the stack, and go. */
  resolve(): void {
    // engine.reset() starts anew with another state.
    if (this.state !== this.engine.state) this.entries.clear();
    this.state = this.engine.state;
    const places = new Map<number, Map<Place, number>>();
    const untraced: Entry[] = [];
    for (const entry of this.entries.values()) {
      if (entry.resolved) continue;
      entry.resolved = true;
      if (!entry.trace) untraced.push(entry);
      else if ((entry.place = placeOf(entry.trace))) {
        const counts = places.get(entry.request) ?? new Map<Place, number>();
        places.set(entry.request, counts.set(entry.place, (counts.get(entry.place) ?? 0) + 1));
      }
      entry.trace = undefined;
    }
    // What was not traced was most likely made where most were.
    const usual = new Map([...places].map(([request, counts]) => [request, [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]]));
    for (const entry of untraced) entry.place = usual.get(entry.request);
  }

  /** What is proven to be lost leaves the entries and is only counted from now on. */
  giveUp(lost: readonly Entry[]): void {
    for (const {id, request, place, bytes} of lost) {
      const key = `${request} ${place?.text ?? ''}`;
      const leak = this.leaks.get(key) ?? {request, place, count: 0, bytes: 0};
      leak.count++;
      leak.bytes += bytes;
      this.leaks.set(key, leak);
      this.entries.delete(id);
    }
  }

  private hook(): void {
    const {engine} = this;
    // These are methods of its prototype: an own property stands before them. `track` is private in the types alone.
    const hooked = engine as unknown as Record<keyof Hooked, unknown>;
    const {track, keep, makeVariable, disposeTensor, disposeVariable} = hooked as Hooked;
    const enter = (tensor: Tensor, variable?: string): void => this.enter(tensor, variable);
    hooked['track'] = function (this: Engine, tensor: Tensor): Tensor {
      if (!this.state.activeScope) enter(tensor);
      return track.call(this, tensor);
    };
    hooked['keep'] = function (this: Engine, tensor: Tensor): Tensor {
      // While gradients are computed, tf keeps and disposes by itself.
      if (this.state.gradientDepth === 0) enter(tensor);
      return keep.call(this, tensor);
    };
    hooked['makeVariable'] = function (this: Engine, ...args: Parameters<Engine['makeVariable']>) {
      const variable = makeVariable.apply(this, args);
      enter(variable, variable.name);
      return variable;
    };
    // To assign to a variable disposes its old value under the variable's own id.
    hooked['disposeTensor'] = (tensor: Tensor): void => {
      if (this.entries.get(tensor.id)?.variable === undefined) this.entries.delete(tensor.id);
      disposeTensor.call(engine, tensor);
    };
    hooked['disposeVariable'] = (variable: Tensor): void => {
      disposeVariable.call(engine, variable);
      this.entries.delete(variable.id);
    };
  }

  private enter(tensor: Tensor, variable?: string): void {
    const {id, dtype, shape, size} = tensor;
    if (this.entries.has(id) || this.entries.size >= mostEntries) return;
    const request = this.cause();
    if (request !== this.tracedRequest) {
      this.tracedRequest = request;
      this.traces = 0;
    }
    const trace = this.traces++ < traced || this.traces % sampled === 0 ? capture() : undefined;
    const bytes = dtype === 'string' ? this.stringBytes(tensor) : size * (dtype === 'bool' ? 1 : dtype === 'complex64' ? 8 : 4);
    const fresh = {
      trace,
      resolved: false,
      place: undefined,
      guessed: !trace,
      dead: false,
      survived: false,
      shown: false,
      named: false,
      reported: isReported(),
    };
    this.entries.set(id, {id, request, dtype, shape, bytes, variable, ...fresh});
    if (variable === undefined) this.collected.register(tensor, id);
    this.changed ||= fresh.reported;
  }

  private stringBytes({dataId}: Tensor): number {
    return this.engine.state.tensorInfo.get(dataId as object)?.bytes ?? 0;
  }
}
