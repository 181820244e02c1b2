import type {Debugger, Runtime} from 'node:inspector';
import type {Duplex} from 'node:stream';
import {type Breakpoints, fromV8} from './breakpoints.ts';
import {Cdp} from './cdp.ts';
import {Stop} from './frames.ts';
import {Globals} from './globals.ts';
import {Scripts} from './scripts.ts';
import {thrownText, Variables} from './variables.ts';

export interface AttachmentListener {
  stopped(why: Why): void;
  continued(): void;
}

/** Why the code has stopped, in the words of the Debug Adapter Protocol. */
export interface Why {
  readonly reason: 'breakpoint' | 'step' | 'exception' | 'pause';
  /** What was thrown. */
  readonly text?: string;
  readonly hitBreakpointIds?: readonly number[];
}

export type ExceptionFilter = 'none' | 'uncaught' | 'all';

/** How many frames behind a stop are numbered: an id of an earlier stop never means one of this. */
const idsPerStop = 10_000;
/** What is never stepped into: Node's code, ours, and packages where only the learner's own is wanted. */
const nodesOwn = '^node:';
const packages = '/node_modules/';
/** How far back awaits are looked at for a handler. */
const awaitsFollowed = 16;
const ownCode = '/dist/(?:session|backend|quant|data|checking|exercises)/';

/** The debugger on one session, from its start or until it is turned off. */
export class Attachment {
  readonly scripts: Scripts;
  readonly variables: Variables;
  readonly globals: Globals;
  readonly cdp: Cdp;
  stop: Stop | undefined;
  /** Why it has stopped, or did last. */
  why: Why | undefined;
  private stops = 0;
  private resumptions = 0;
  private asked: 'step' | 'pause' | undefined;
  private filter: ExceptionFilter = 'none';
  private enabled: Promise<unknown> | undefined;

  constructor(
    socket: Duplex,
    inJupyterLab: boolean,
    private readonly breakpoints: Breakpoints,
    private readonly listener: AttachmentListener,
  ) {
    this.cdp = new Cdp(socket, (method, params) => this.hear(method, params));
    this.scripts = new Scripts(this.cdp);
    this.variables = new Variables(this.cdp, inJupyterLab);
    this.globals = new Globals(this.cdp, this.variables);
  }

  /** From now on breakpoints and pauses stop the code. */
  enable(): Promise<unknown> {
    return (this.enabled ??= this.cdp
      .post('Debugger.enable')
      .then(() => this.justMyCode(true))
      .then(() => this.scripts.holdImports()));
  }

  /** Whether packages are stepped over, as Node's own code and the session's always are. */
  justMyCode(on: boolean): Promise<unknown> {
    return this.cdp.post('Debugger.setBlackboxPatterns', {patterns: [nodesOwn, ownCode, ...(on ? [packages] : [])]});
  }

  pauseOnExceptions(filter: ExceptionFilter): Promise<unknown> {
    this.filter = filter;
    // Whom an asynchronous function's exception reaches is told by the stack of its awaits.
    const depth = this.cdp.post('Debugger.setAsyncCallStackDepth', {maxDepth: filter === 'uncaught' ? awaitsFollowed : 0});
    return Promise.all([depth, this.tellFilter()]);
  }

  async step(method: 'stepOver' | 'stepInto' | 'stepOut'): Promise<unknown> {
    this.asked = 'step';
    // A stop that is passed over would end the step.
    if (this.filter === 'uncaught') await this.tellFilter('uncaught');
    return this.cdp.post(`Debugger.${method}`);
  }

  pause(): Promise<unknown> {
    this.asked = 'pause';
    return this.cdp.post('Debugger.pause');
  }

  resume(): Promise<unknown> {
    return this.cdp.post('Debugger.resume');
  }

  /** Takes the debugger off; paused code runs on. */
  detach(): void {
    if (this.enabled) this.scripts.releaseImports().catch(() => {});
    this.cdp.detach();
    this.over();
  }

  /** The code runs again, or has ended. */
  over(): void {
    if (!this.stop) return;
    this.stop = undefined;
    this.variables.forget('backtrace');
    this.listener.continued();
  }

  private hear(method: string, params: object): void {
    if (method === 'Debugger.scriptParsed') this.compiled(params as Debugger.ScriptParsedEventDataType);
    else if (method === 'Runtime.bindingCalled') this.importing((params as {payload: string}).payload).catch(() => {});
    else if (method === 'Debugger.paused') this.paused(params as Debugger.PausedEventDataType);
    else if (method === 'Debugger.resumed') {
      this.resumptions++;
      this.over();
    }
  }

  private compiled({scriptId, url}: Debugger.ScriptParsedEventDataType): void {
    this.scripts.add(scriptId, url);
    // CommonJS. Modules are announced before they are compiled.
    if (!url.startsWith('file:') || url.endsWith('.mjs') || !this.breakpoints.inFiles) return;
    const bound = this.scripts.find(scriptId).then(script => script && this.breakpoints.bindScript(script, this.cdp));
    bound.catch(() => {}); // the session has ended
  }

  /** The session is about to import copies of local files, and waits until their breakpoints are set. */
  private async importing(payload: string): Promise<void> {
    const {waiting, urls} = JSON.parse(payload) as {waiting: string; urls: readonly string[]};
    if (this.breakpoints.inFiles) for (const script of await this.scripts.atUrls(urls)) await this.breakpoints.bindScript(script, this.cdp);
    await this.scripts.letOn(waiting);
  }

  private paused(event: Debugger.PausedEventDataType): void {
    const {callFrames, hitBreakpoints} = event;
    const hit = this.breakpoints.hit(hitBreakpoints ?? []);
    const thrown = thrownBy(event);
    const reached = callFrames.some(({location}) => this.scripts.has(location.scriptId));
    // Left over when a step runs out of a cell: the inspector's own snippets, which have no name and so cannot be blackboxed.
    if (!reached) return this.goOn();
    if (hit?.length) return this.halt(callFrames, {reason: 'breakpoint', hitBreakpointIds: hit});
    if (thrown) return void this.threw(event, thrown).catch(() => {});
    if (this.asked === 'step') return void this.stepped(callFrames).catch(() => {});
    // Nothing but a breakpoint that waits for its count of hits.
    if (!hit && this.asked === undefined) return this.goOn();
    this.halt(callFrames, {reason: this.asked ?? 'breakpoint'});
  }

  private halt(callFrames: readonly Debugger.CallFrame[], why: Why): void {
    if (this.asked === 'step' && this.filter === 'uncaught') void this.tellFilter().catch(() => {});
    this.asked = undefined;
    this.why = why;
    this.stop = new Stop(callFrames, this.scripts, this.variables, this.globals, this.cdp, ++this.stops * idsPerStop);
    const {stop} = this;
    void this.globals.settle().then(() => this.stop === stop && this.listener.stopped(why));
  }

  /** A step may end where nobody typed anything, as behind a cell's last line: then it goes one further. */
  private async stepped(callFrames: readonly Debugger.CallFrame[]): Promise<void> {
    const [top] = callFrames;
    const before = this.resumptions;
    const script = top && (await this.scripts.find(top.location.scriptId));
    const untyped = script && (!script.positions.typed(fromV8(top.location)) || (await this.scripts.isInserted(top.location)));
    if (this.resumptions !== before) return; // interrupted meanwhile
    // V8 does not know the names of all of Node's own code: of what runs before it has compiled anything.
    if (!script) await this.step('stepOut');
    else if (untyped) await this.step('stepOver');
    else this.halt(callFrames, {reason: 'step'});
  }

  private async threw({callFrames, asyncStackTrace}: Debugger.PausedEventDataType, thrown: Thrown): Promise<void> {
    const before = this.resumptions;
    const stops = this.filter === 'all' || thrown.uncaught || (thrown.promised && (await this.escapes(callFrames, asyncStackTrace)));
    if (this.resumptions !== before) return;
    if (stops) this.halt(callFrames, {reason: 'exception', text: thrownText({text: 'An exception', exception: thrown.value})});
    else this.goOn();
  }

  /**
   * Whether no code of the learner's waits for an exception that rejects a promise. V8 cannot know: to it, the promise of a cell,
   * whose rejection is the cell's error, is one with a handler.
   */
  private async escapes(callFrames: readonly Debugger.CallFrame[], awaits: Runtime.StackTrace | undefined): Promise<boolean> {
    const {isGuarded} = await import('./guards.ts');
    const places: {readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number | undefined}[] = callFrames.map(
      ({location}) => location,
    );
    for (let each = awaits; each; each = each.parent) places.push(...each.callFrames);
    for (const place of places) {
      const script = this.scripts.has(place.scriptId) ? await this.scripts.find(place.scriptId) : undefined;
      const typed = script?.positions.typed(fromV8(place));
      if (script && typed && isGuarded(script, typed)) return false;
    }
    return true;
  }

  private tellFilter(state: ExceptionFilter = this.filter === 'none' ? 'none' : 'all'): Promise<unknown> {
    return this.cdp.post('Debugger.setPauseOnExceptions', {state});
  }

  /** Runs on from a stop that is nobody's; a pause that was asked for is still to come. */
  private goOn(): void {
    const before = this.asked === 'pause' ? this.cdp.post('Debugger.pause') : this.asked === 'step' ? this.tellFilter() : Promise.resolve();
    if (this.asked === 'step') this.asked = undefined;
    before.then(() => this.resume()).catch(() => {});
  }
}

interface Thrown {
  readonly value: Runtime.RemoteObject;
  /** V8 is certain of it. */
  readonly uncaught: boolean;
  /** It rejects a promise. */
  readonly promised: boolean;
}

function thrownBy({reason, data}: Debugger.PausedEventDataType): Thrown | undefined {
  const reasons = reason === 'ambiguous' ? (data as {reasons: {reason: string; auxData?: object}[]}).reasons : [{reason, auxData: data}];
  const found = reasons.find(each => each.reason === 'exception' || each.reason === 'promiseRejection');
  if (!found) return undefined;
  const value = found.auxData as Runtime.RemoteObject & {uncaught?: boolean};
  return {value, uncaught: value.uncaught === true, promised: found.reason === 'promiseRejection'};
}
