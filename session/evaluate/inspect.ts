import inspector from 'node:inspector';
import {promiseHooks} from 'node:v8';
import {mendBuiltins} from '../life/builtins.ts';
import type {Place} from './sources.ts';

/** How an evaluation ended. `interrupted`: its JavaScript was terminated from outside. */
export type Outcome =
  | {readonly status: 'value'; readonly value: unknown}
  /** `place`: where in the code V8 found it, which an error of its parser does not say itself. */
  | {readonly status: 'thrown'; readonly value: unknown; readonly place: Place}
  | {readonly status: 'interrupted'};

const tell = (text: string): void => void process.stderr.write(text);

type RemoteObject = inspector.Runtime.RemoteObject;

/** One inspector connection, and the requests whose evaluations it has not answered yet. */
interface Connection {
  readonly session: inspector.Session;
  /** Names the function through which values and actions pass. */
  readonly receiver: string;
  readonly unanswered: Set<number>;
  /** What it waits for. Node 22 aborts where such a promise is collected as garbage, and who else held that of a loop is gone when an interrupt ends it. */
  readonly held: Map<number, unknown>;
}

const mayAbort = /^v2[23]\./.test(process.version);

/**
 * V8's own REPL mode, which gives top-level await, redeclaration and the value of the last expression. Evaluations may overlap: one runs
 * while others await. Nothing here is a promise: an interrupt drops the microtasks that would go on with one.
 */
export class Evaluator {
  private current: Connection | undefined;
  private readonly stale = new Set<Connection>();
  private received: unknown;
  private action: () => unknown = () => undefined;

  /** After `limitMs` of being busy without an await, V8 terminates it by itself. Calls `settled` once, unless an interrupt leaves the evaluation pending for ever: then `abandon` tells of it. */
  evaluate(id: number, expression: string, settled: (outcome: Outcome) => void, limitMs?: number): void {
    const connection = this.connection();
    const reply = this.settling(id, connection, settled);
    const timeout = limitMs === undefined ? {} : {timeout: limitMs};
    const evaluation = {expression, replMode: true, awaitPromise: true, objectGroup: `${id}`, ...timeout};
    holdingPromise(id, connection, () => connection.session.post('Runtime.evaluate', evaluation, reply));
  }

  /** Declares names of the scope that cells share, without a value. */
  declare(names: readonly string[]): void {
    this.connection().session.post('Runtime.evaluate', {expression: `let ${names.join(', ')}`, replMode: true});
  }

  /** Runs an action of the session's that calls learner's code: like a cell, an interrupt ends it and nothing else. */
  apply(id: number, action: () => Promise<unknown>, settled: (outcome: Outcome) => void): void {
    this.act(id, action, true, settled);
  }

  /** The same for an action that is no promise: settles before this returns. */
  call(id: number, action: () => unknown, settled: (outcome: Outcome) => void): void {
    this.act(id, action, false, settled);
  }

  private act(id: number, action: () => unknown, awaitPromise: boolean, settled: (outcome: Outcome) => void): void {
    const connection = this.connection();
    const reply = this.settling(id, connection, settled);
    const functionDeclaration = 'function () { return this(undefined, true) }';
    const {session, receiver: objectId, held} = connection;
    this.action = () => {
      const acted = action();
      if (mayAbort && awaitPromise) held.set(id, acted);
      return acted;
    };
    session.post('Runtime.callFunctionOn', {objectId, functionDeclaration, awaitPromise, objectGroup: `${id}`}, reply);
  }

  /**
   * Request `id` is over. Where its evaluation has not been answered, it never will be: its connection is not used again, and closed, with
   * all that it holds, before the next evaluation, but not under others that still run.
   */
  abandon(id: number): void {
    const {current} = this;
    for (const connection of current ? [current, ...this.stale] : this.stale) {
      if (!connection.unanswered.delete(id)) continue;
      this.stale.add(connection);
      if (connection === current) this.current = undefined;
    }
  }

  /** Nothing is being evaluated, or awaited, any more. */
  get idle(): boolean {
    return !this.current?.unanswered.size && [...this.stale].every(({unanswered}) => !unanswered.size);
  }

  private settling(id: number, connection: Connection, settled: (outcome: Outcome) => void): (error: Error | null, reply?: object) => void {
    const {session, unanswered, held} = connection;
    unanswered.add(id);
    return (error, reply) => {
      mendBuiltins(tell);
      unanswered.delete(id);
      held.delete(id);
      // Node reports a termination as an error of the protocol.
      if (error || !reply) return settled({status: 'interrupted'});
      const {exceptionDetails, result} = reply as inspector.Runtime.EvaluateReturnType;
      const remote = exceptionDetails ? exceptionDetails.exception : result;
      if (!remote) return settled({status: 'interrupted'});
      const value = this.take(connection, remote);
      // Numbers and strings are no objects: the inspector holds nothing.
      if (remote.objectId) session.post('Runtime.releaseObjectGroup', {objectGroup: `${id}`});
      if (!exceptionDetails) return settled({status: 'value', value});
      settled({status: 'thrown', value, place: {line: exceptionDetails.lineNumber + 1, column: exceptionDetails.columnNumber + 1}});
    };
  }

  private connection(): Connection {
    for (const each of this.stale) {
      if (each.unanswered.size) continue;
      this.stale.delete(each);
      each.session.disconnect();
    }
    return (this.current ??= this.connect());
  }

  private connect(): Connection {
    const session = new inspector.Session();
    session.connect();
    const key = '\u0000snapgrid';
    Reflect.set(globalThis, key, (value: unknown, act?: boolean) => (act ? this.action() : void (this.received = value)));
    let receiver = '';
    session.post('Runtime.evaluate', {expression: `globalThis[${JSON.stringify(key)}]`}, (_error, reply) => {
      receiver = reply.result.objectId ?? '';
    });
    Reflect.deleteProperty(globalThis, key);
    return {session, receiver, unanswered: new Set(), held: new Map()};
  }

  /** The value itself, of which the inspector gives a description. */
  private take({session, receiver}: Connection, {objectId, type, value, unserializableValue}: RemoteObject): unknown {
    if (!objectId) {
      if (type === 'bigint') return BigInt((unserializableValue ?? '0n').slice(0, -1));
      return unserializableValue === undefined ? value : Number(unserializableValue);
    }
    session.post('Runtime.callFunctionOn', {
      objectId: receiver,
      functionDeclaration: 'function (value) { this(value) }',
      arguments: [{objectId}],
    });
    const taken = this.received;
    this.received = undefined;
    return taken;
  }
}

/** The promise of a cell's evaluation is the first that is made once it starts; nothing else tells it. */
function holdingPromise(id: number, {held, unanswered}: Connection, start: () => void): void {
  if (!mayAbort) return start();
  const stop = promiseHooks.onInit(promise => {
    stop();
    held.set(id, promise);
  }) as () => void;
  start();
  if (!held.has(id)) stop();
  if (!unanswered.has(id)) held.delete(id);
}
