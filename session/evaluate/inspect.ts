import inspector from 'node:inspector';
import type {Place} from './sources.ts';

/** How an evaluation ended. `interrupted`: its JavaScript was terminated from outside. */
export type Outcome =
  | {readonly status: 'value'; readonly value: unknown}
  /** `place`: where in the code V8 found it, which an error of its parser does not say itself. */
  | {readonly status: 'thrown'; readonly value: unknown; readonly place: Place}
  | {readonly status: 'interrupted'};

type RemoteObject = inspector.Runtime.RemoteObject;

/**
 * V8's own REPL mode, which gives top-level await, redeclaration and the value of the last expression.
 * Nothing here is a promise: an interrupt drops the microtasks that would go on with one.
 */
export class Evaluator {
  private session: inspector.Session | undefined;
  private receiver = '';
  private unsettled = 0;
  private received: unknown;
  private action: () => unknown = () => undefined;
  /** Held, because Node 22 aborts where a promise that the inspector waits for is collected as garbage. */
  private readonly held: {awaited?: unknown} = {};

  /** Calls `settled` once, unless an interrupt leaves the evaluation pending for ever. */
  evaluate(expression: string, settled: (outcome: Outcome) => void): void {
    const session = this.connection();
    const reply = this.settling(session, settled);
    session.post('Runtime.evaluate', {expression, replMode: true, awaitPromise: true, objectGroup: 'cell'}, reply);
  }

  /** Runs an action of the session's that calls learner's code: like a cell, an interrupt ends it and nothing else. */
  apply(action: () => Promise<unknown>, settled: (outcome: Outcome) => void): void {
    this.act(action, true, settled);
  }

  /** The same for an action that is no promise: settles before this returns. */
  call(action: () => unknown, settled: (outcome: Outcome) => void): void {
    this.act(action, false, settled);
  }

  private act(action: () => unknown, awaitPromise: boolean, settled: (outcome: Outcome) => void): void {
    const session = this.connection();
    const reply = this.settling(session, settled);
    this.action = action;
    const functionDeclaration = 'function () { return this(undefined, true) }';
    session.post('Runtime.callFunctionOn', {objectId: this.receiver, functionDeclaration, awaitPromise, objectGroup: 'cell'}, reply);
  }

  private settling(session: inspector.Session, settled: (outcome: Outcome) => void): (error: Error | null, reply?: object) => void {
    this.unsettled++;
    return (error, reply) => {
      if (session === this.session) this.unsettled--;
      // Node reports a termination as an error of the protocol.
      if (error || !reply) return settled({status: 'interrupted'});
      const {exceptionDetails, result} = reply as inspector.Runtime.EvaluateReturnType;
      const remote = exceptionDetails ? exceptionDetails.exception : result;
      if (!remote) return settled({status: 'interrupted'});
      const value = this.take(session, remote);
      session.post('Runtime.releaseObjectGroup', {objectGroup: 'cell'});
      if (!exceptionDetails) return settled({status: 'value', value});
      settled({status: 'thrown', value, place: {line: exceptionDetails.lineNumber + 1, column: exceptionDetails.columnNumber + 1}});
    };
  }

  /** An evaluation that never settled makes Node 22 abort at a later garbage collection unless its connection goes first. */
  private connection(): inspector.Session {
    if (this.session && !this.unsettled) return this.session;
    this.session?.disconnect();
    this.unsettled = 0;
    this.session = new inspector.Session();
    this.session.connect();
    const key = '\u0000snapgrid';
    Reflect.set(globalThis, key, (value: unknown, act?: boolean) =>
      act ? (this.held.awaited = this.action()) : void (this.received = value),
    );
    this.session.post('Runtime.evaluate', {expression: `globalThis[${JSON.stringify(key)}]`}, (_error, reply) => {
      this.receiver = reply.result.objectId ?? '';
    });
    Reflect.deleteProperty(globalThis, key);
    return this.session;
  }

  /** The value itself, of which the inspector gives a description. */
  private take(session: inspector.Session, {objectId, type, value, unserializableValue}: RemoteObject): unknown {
    if (!objectId) {
      if (type === 'bigint') return BigInt((unserializableValue ?? '0n').slice(0, -1));
      return unserializableValue === undefined ? value : Number(unserializableValue);
    }
    session.post('Runtime.callFunctionOn', {
      objectId: this.receiver,
      functionDeclaration: 'function (value) { this(value) }',
      arguments: [{objectId}],
    });
    const taken = this.received;
    this.received = undefined;
    return taken;
  }
}
