import type {Duplex} from 'node:stream';
import {Attachment, type ExceptionFilter, type Why} from './attachment.ts';
import {Breakpoints} from './breakpoints.ts';
import {capabilities} from './capabilities.ts';
import {DebuggeeGone, Refused} from './cdp.ts';
import {cellKey, cellPath, hashSeed, tmpFilePrefix, tmpFileSuffix} from './cell-files.ts';
import {evaluate} from './evaluation.ts';
import {DebugRefusal, mainThread, type DapRequest, type SourceBreakpoint} from './protocol.ts';
import {richView} from './rich.ts';

/** What runs the cells, as the debugger sees it. */
export interface Debuggee {
  /** The socket to the session that runs now; another one after its death. */
  readonly debugSocket: Duplex;
  /** Where given: ends the URL under which a cell will run. */
  keyOf: ((code: string) => string) | undefined;
  /** Called when a fresh session has taken the place of one that died; cells wait until its promise settles. */
  replaced: (() => Promise<void>) | undefined;
}

export type PublishEvent = (event: string, body: object) => void;
type Body = object | undefined;
type Arguments = DapRequest['arguments'];

/** How many texts of cells are kept for breakpoints that may be set on them. */
const keptCells = 1000;

/** The debugger as Jupyter's front ends speak to it: the Debug Adapter Protocol with a few requests of Jupyter's own. */
export class Debugger {
  private attachment: Attachment | undefined;
  private started = false;
  private inJupyterLab = true;
  private justMyCode = true;
  private exceptions: ExceptionFilter = 'none';
  private readonly cells = new Map<string, string>();
  private readonly breakpoints = new Breakpoints(path => this.cells.get(path));
  /** Requests that change breakpoints go one after another. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly debuggee: Debuggee,
    private readonly publish: PublishEvent,
  ) {}

  /** Gives the body of the response. @throws DebugRefusal with the reason why there is none */
  async answer({command, arguments: args}: DapRequest): Promise<Body> {
    const handler = Object.hasOwn(this.handlers, command) ? this.handlers[command] : undefined;
    if (!handler) throw new DebugRefusal(`This debugger has no answer to ${command}`);
    try {
      return await handler(args);
    } catch (error) {
      if (error instanceof Refused || error instanceof DebuggeeGone) throw new DebugRefusal(error.message, {cause: error});
      throw error;
    }
  }

  /** Whatever is paused runs on: it is being interrupted, or there is nobody to debug it any more. */
  release(): void {
    if (this.attachment?.stop) void this.attachment.resume().catch(() => {});
  }

  private readonly handlers: Readonly<Record<string, (args: Arguments) => Promise<Body> | Body>> = {
    debugInfo: () => ({
      isStarted: this.started,
      hashMethod: 'Murmur2',
      hashSeed,
      tmpFilePrefix,
      tmpFileSuffix,
      breakpoints: this.breakpoints.list(),
      stoppedThreads: this.attachment?.stop ? [mainThread.id] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: false,
    }),
    initialize: async ({clientID}) => {
      this.inJupyterLab = clientID === undefined || clientID === 'jupyterlab';
      await this.start();
      return capabilities;
    },
    attach: async ({justMyCode}) => {
      this.justMyCode = justMyCode !== false;
      await this.running().justMyCode(this.justMyCode);
      // Only now has the client what `initialize` answered.
      this.publish('initialized', {});
      this.publish('thread', {reason: 'started', threadId: mainThread.id});
      // A front end may still show the stop of a kernel that was restarted while it was paused.
      if (!this.attachment?.stop) this.tellContinued();
      return undefined;
    },
    configurationDone: () => undefined,
    disconnect: () => this.end(),
    dumpCell: ({code}) => this.dumpCell(String(code ?? '')),
    setBreakpoints: args => this.setBreakpoints(args),
    setExceptionBreakpoints: async ({filters}) => {
      const asked = Array.isArray(filters) ? filters : [];
      this.exceptions = asked.includes('all') ? 'all' : asked.includes('uncaught') ? 'uncaught' : 'none';
      await this.running().pauseOnExceptions(this.exceptions);
      return undefined;
    },
    exceptionInfo: () => {
      const {reason, text} = this.running().why ?? {};
      if (reason !== 'exception') throw new DebugRefusal('No exception has stopped the code');
      return {exceptionId: text, description: text, breakMode: this.exceptions === 'all' ? 'always' : 'unhandled'};
    },
    threads: () => ({threads: [mainThread]}),
    stackTrace: async ({startFrame, levels}) => {
      const {stop, globals} = this.running();
      const frames = (await stop?.frames()) ?? [];
      await globals.settle();
      const from = Number(startFrame ?? 0);
      return {stackFrames: frames.slice(from, Number(levels) > 0 ? from + Number(levels) : undefined), totalFrames: frames.length};
    },
    scopes: ({frameId}) => ({scopes: this.stopped().scopes(frameId)}),
    variables: async ({variablesReference, start, count}) => {
      const variables = await this.attached().variables.children(Number(variablesReference));
      const from = Number(start ?? 0);
      return {variables: variables.slice(from, Number(count) > 0 ? from + Number(count) : undefined)};
    },
    inspectVariables: async () => ({variables: await this.attached().globals.list()}),
    richInspectVariables: ({variableName, frameId}) => richView(this.attached(), String(variableName), frameId),
    source: args => this.source(args),
    modules: async () => {
      const files = await this.running().scripts.files();
      return {modules: files.map(({id, name, path}) => ({id, name, path})), totalModules: files.length};
    },
    evaluate: args => evaluate(this.attached(), args),
    next: () => this.step('stepOver'),
    stepIn: () => this.step('stepInto'),
    stepOut: () => this.step('stepOut'),
    continue: async () => {
      this.stopped();
      await this.running().resume();
      return {allThreadsContinued: true};
    },
    pause: async () => {
      const running = this.running();
      if (!running.stop) await running.pause();
      return undefined;
    },
  };

  private async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    this.debuggee.keyOf = code => cellKey(cellPath(code))!;
    try {
      await this.attached().enable();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  private end(): undefined {
    this.attachment?.detach();
    this.attachment = undefined;
    this.started = false;
    this.exceptions = 'none';
    this.breakpoints.clear();
    this.cells.clear();
    this.debuggee.keyOf = undefined;
    this.debuggee.replaced = undefined;
  }

  /** Looking at variables needs a connection, no more. */
  private attached(): Attachment {
    this.debuggee.replaced = () => this.follow();
    return (this.attachment ??= new Attachment(this.debuggee.debugSocket, this.inJupyterLab, this.breakpoints, {
      stopped: why => this.tellStopped(why),
      continued: () => this.tellContinued(),
    }));
  }

  /** Goes over to the session that has taken the place of one that died. */
  private async follow(): Promise<void> {
    this.attachment?.over();
    this.attachment = undefined;
    if (!this.started) return;
    const fresh = this.attached();
    try {
      await fresh.enable();
      await fresh.justMyCode(this.justMyCode);
      await fresh.pauseOnExceptions(this.exceptions);
      await this.breakpoints.restore(fresh.cdp, fresh.scripts);
    } catch (error) {
      // It died as well: the next one is followed.
      if (!(error instanceof DebuggeeGone)) throw error;
    }
  }

  private running(): Attachment {
    if (!this.started) throw new DebugRefusal('The debugger is off; send initialize and attach first');
    return this.attached();
  }

  private stopped(): NonNullable<Attachment['stop']> {
    const {stop} = this.running();
    if (!stop) throw new DebugRefusal('The code runs, or nothing does; set a breakpoint or pause it first');
    return stop;
  }

  private tellStopped({reason, text, hitBreakpointIds}: Why): void {
    this.publish('stopped', {
      reason,
      threadId: mainThread.id,
      allThreadsStopped: true,
      ...(text === undefined ? {} : {description: 'Paused on an exception', text}),
      ...(hitBreakpointIds ? {hitBreakpointIds} : {}),
    });
  }

  private tellContinued(): void {
    this.publish('continued', {threadId: mainThread.id, allThreadsContinued: true});
  }

  private dumpCell(code: string): Body {
    const sourcePath = cellPath(code);
    this.cells.delete(sourcePath);
    this.cells.set(sourcePath, code);
    if (this.cells.size > keptCells) this.cells.delete(this.cells.keys().next().value!);
    return {sourcePath};
  }

  private async setBreakpoints({source, breakpoints}: Arguments): Promise<Body> {
    const path = pathOf(source);
    const asked = (Array.isArray(breakpoints) ? breakpoints : []).filter(isBreakpoint);
    const {cdp, scripts} = this.running();
    const set = this.turn.then(() => this.breakpoints.set(path, asked, cdp, scripts));
    this.turn = set.catch(() => {});
    return {breakpoints: await set};
  }

  private async source({source}: Arguments): Promise<Body> {
    const path = pathOf(source);
    const content = this.cells.get(path) ?? (await this.attached().scripts.at(path)).at(-1)?.text;
    if (content === undefined) throw new DebugRefusal(`Expected the path of a cell or file that has run, got ${path}`);
    return {content, mimeType: /\.[cm]?jsx?$/.test(path) ? 'text/javascript' : 'text/typescript'};
  }

  private async step(how: 'stepOver' | 'stepInto' | 'stepOut'): Promise<Body> {
    this.stopped();
    await this.running().step(how);
    return undefined;
  }
}

function pathOf(source: unknown): string {
  const path = typeof source === 'object' && source !== null && 'path' in source ? source.path : undefined;
  if (typeof path !== 'string') throw new DebugRefusal('Expected a source with a path');
  return path;
}

const isBreakpoint = (value: unknown): value is SourceBreakpoint =>
  typeof value === 'object' && value !== null && 'line' in value && Number.isSafeInteger(value.line);
