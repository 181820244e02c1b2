import type {CommMessage, Event, MimeBundle, Payload, ThrownError} from '../../session/wire/messages.ts';
import type {History} from '../history/history.ts';
import type {JsonObject, WireMessage} from '../protocol/frames.ts';
import {type ClientMessage, errorReply, type ReplyContent} from '../protocol/messages.ts';
import type {Publisher} from '../protocol/publisher.ts';
import {mainLane} from '../protocol/subshells.ts';
import {Comms, fromClient, toClients} from './comms.ts';
import type {Death} from './death.ts';
import {InputRequests} from './input-requests.ts';
import {Parents} from './parents.ts';
import type {SessionChild} from './session-child.ts';
import {type Outcome, SessionProcess} from './session-process.ts';

/** What is known of a cell's types. */
export interface CellChecker {
  /** Starts checking a cell that is about to run; gives nothing when checking is off. */
  check(cell: CheckRequest): Checking | undefined;
  /** inspect_reply for the name that ends at `cursor`. */
  inspect(code: string, cursor: number): Promise<ReplyContent>;
}

export interface CheckRequest {
  readonly name: string;
  readonly code: string;
  /** Tells the end of its run. */
  readonly over: Promise<void>;
  /** Whether the client shows nothing that comes after the cell's end: nbclient, papermill. */
  readonly batch: boolean;
}

export interface Checking {
  /** true: the cell waits for the verdict and does not run when it is bad. */
  readonly blocks: boolean;
  /** The complaints, ready to be read; '' when there are none. Never rejects. */
  readonly complaints: Promise<string>;
  /** How long a cell's end may wait for them. */
  readonly holdMs: number;
}

/** `Math.max?` and `?Math.max`, which are no TypeScript, ask for help as they do in IPython. */
const helpAsked = /^\s*(?=\?|.*\?\s*$)\??\s*([\p{ID_Start}$_][\p{ID_Continue}$.]*)\s*\??\s*$/u;
const freshSession = 'A fresh session is ready; what earlier cells declared is gone: run the cells that you need again.';

/** A request that runs in the session, and the payload that its code has asked for. */
interface InSession {
  readonly request: ClientMessage;
  readonly payload: Payload[];
}

/** Answers execute_request: in each shell one cell at a time, in the session. */
export class Executor {
  readonly comms = new Comms();
  private count = 0;
  readonly session: SessionProcess;
  private readonly parents = new Parents();
  private readonly inSession = new Map<number, InSession>();
  private readonly inputs: InputRequests;

  constructor(
    first: SessionChild,
    private readonly publisher: Publisher,
    private readonly checker: CellChecker,
    private readonly history: History,
    ask: (message: WireMessage) => void,
  ) {
    const send = (message: WireMessage): void => {
      publisher.flush();
      ask(message);
    };
    this.inputs = new InputRequests({send, reply: reply => this.session.reply(reply)});
    this.session = new SessionProcess(first, {
      event: (event, buffers) => this.show(event, buffers),
      died: () => this.closeComms(),
      diedIdle: death => this.mourn(death),
    });
  }

  async execute(request: ClientMessage): Promise<ReplyContent> {
    this.history.wait();
    try {
      return await this.perform(request);
    } finally {
      this.history.saveSoon();
    }
  }

  private async perform(request: ClientMessage): Promise<ReplyContent> {
    const {header, content} = request;
    const code = typeof content['code'] === 'string' ? content['code'] : '';
    const silent = content['silent'] === true;
    const stored = !silent && content['store_history'] !== false && code.trim() !== '';
    const number = this.count + 1;
    if (stored) this.count = number;
    // What a request that is not counted is told: how many have been.
    const execution_count = this.count;
    const entry = stored ? this.history.add(number, code) : undefined;
    if (!silent) this.publisher.publish('execute_input', header, {code, execution_count: number});

    const asked = helpAsked.exec(code)?.[1];
    if (asked) return {status: 'ok', execution_count, payload: await this.help(asked), user_expressions: {}};

    const name = `In [${number}]`;
    const run = new Running();
    const checking = silent ? undefined : this.checker.check({name, code, over: run.over, batch: content['allow_stdin'] === false});
    if (checking?.blocks) {
      const complaints = await checking.complaints;
      if (complaints)
        return this.fail(header, execution_count, silent, {
          name: 'TypeError',
          message: 'The cell did not run: its types are wrong.',
          traceback: complaints.trimEnd().split('\n'),
        });
    }
    const warned = checking && !checking.blocks ? this.warn(header, checking, run) : undefined;

    const payload: Payload[] = [];
    const outcome = code.trim() === '' ? ({status: 'ok'} as const) : await this.run(name, code, {request, payload}, !silent);
    run.end();
    if (warned) await within(checking!.holdMs, warned);
    run.told = true;
    if (outcome.status !== 'ok') return this.fail(header, execution_count, silent, thrown(outcome));
    if (outcome.bundle && entry) this.history.keepOutput(entry, String(outcome.bundle['text/plain'] ?? ''));
    if (outcome.bundle && !silent)
      this.publisher.publish('execute_result', header, {execution_count: number, data: outcome.bundle, metadata: {}});
    const user_expressions = await this.userExpressions({request, payload});
    return {status: 'ok', execution_count, payload, user_expressions};
  }

  /** Gives a client's comm message to the session; over when its handlers are done with it. */
  async comm(message: ClientMessage): Promise<void> {
    const {header} = message;
    const inward = fromClient(message);
    if (!inward) return;
    const {event, comm} = inward;
    // One of a session that died, or of none: the client must not wait for answers.
    if (event !== 'open' && !this.comms.has(comm)) {
      if (event === 'message') this.publisher.publish('comm_close', header, {comm_id: comm, data: {}});
      return;
    }
    this.comms.heard(inward);
    const error = await this.giveComm(inward, message);
    if (!error) return;
    const {ename, evalue, traceback} = errorContent(error);
    this.publisher.publish('error', header, {ename, evalue, traceback});
  }

  private async giveComm(inward: CommMessage, {header, buffers}: ClientMessage): Promise<ThrownError | undefined> {
    try {
      const outcome = await this.session.comm(inward, buffers, id => this.parents.setComm(id, header));
      if (outcome.status === 'died') this.closeComms();
      return outcome.status === 'error' ? outcome.error : undefined;
    } catch (error) {
      // It is larger than a frame may be.
      if (error instanceof RangeError) return {name: error.name, message: error.message, traceback: [String(error)]};
      throw error;
    }
  }

  /** What tensor the session holds under this name now, in words. A busy session is not asked: the answer would come too late. */
  async liveTensor(name: string): Promise<string | undefined> {
    if (this.publisher.running.size || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return undefined;
    const cell = {name, code: tensorInWords(name), result: true};
    const outcome = await this.session.run(cell, mainLane, id => this.parents.set(id, undefined));
    const said = outcome.status === 'ok' ? outcome.bundle?.['text/plain'] : undefined;
    return typeof said === 'string' && said.length > 2 ? said.slice(1, -1) : undefined; // a string is shown in quotes
  }

  interrupt(): void {
    this.session.interrupt();
  }

  end(): Promise<void> {
    return this.session.end();
  }

  /** What a client answers to `input()`; false where nothing was asked. */
  answer(message: WireMessage): boolean {
    return this.inputs.answer(message);
  }

  /** Where nobody is to hear it, its output goes nowhere. */
  private async run(name: string, code: string, running: InSession, heard: boolean): Promise<Outcome> {
    const {request} = running;
    const cellId = heard ? request.metadata['cellId'] : undefined;
    const cell = {name, code, result: true, ...(typeof cellId === 'string' ? {id: cellId} : {})};
    let id = 0;
    const outcome = await this.session.run(cell, request.lane, started => {
      id = started;
      this.parents.set(id, heard ? request.header : undefined);
      this.inSession.set(id, running);
    });
    this.inSession.delete(id);
    this.inputs.forget(request);
    return outcome;
  }

  private async userExpressions(running: InSession): Promise<JsonObject> {
    const asked = running.request.content['user_expressions'];
    const results: Record<string, unknown> = {};
    for (const [key, expression] of Object.entries(typeof asked === 'object' && asked !== null ? asked : {})) {
      const outcome = await this.run(key, `(${String(expression)})`, running, false);
      results[key] = outcome.status === 'ok' ? {status: 'ok', data: outcome.bundle ?? {}, metadata: {}} : errorContent(thrown(outcome));
    }
    return results;
  }

  private async help(name: string): Promise<readonly JsonObject[]> {
    const {data, found} = await this.checker.inspect(name, name.length);
    return [{source: 'page', start: 0, data: found ? data : {'text/plain': `Nothing is known of ${name}`}}];
  }

  private fail(header: JsonObject, execution_count: number, silent: boolean, error: ThrownError): ReplyContent {
    const {status, ...content} = errorContent(error);
    if (!silent) this.publisher.publish('error', header, content);
    return {status, ...content, execution_count, payload: [], user_expressions: {}};
  }

  private async warn(header: JsonObject, {complaints}: Checking, run: Running): Promise<void> {
    const text = await complaints;
    if (!text) return;
    if (run.told) this.publisher.late(header, 'stderr', text);
    else this.publisher.stream(header, 'stderr', text);
  }

  private show(event: Event, buffers: readonly Uint8Array[]): void {
    if (event.type === 'ready' || event.type === 'done') return;
    if (event.type === 'comm') return this.publishComm(event, buffers);
    const running = this.inSession.get(event.id);
    if (event.type === 'ask') return running && this.inputs.ask(event, running.request);
    if (event.type === 'payload') return void running?.payload.push(event.payload);
    const parent = this.parents.of(event.id);
    if (!parent) return;
    if (event.type === 'stream') this.publisher.stream(parent, event.name, event.text);
    else if (event.type === 'clear') this.publisher.publish('clear_output', parent, {wait: event.wait});
    else this.publisher.publish(event.update ? 'update_display_data' : 'display_data', parent, displayContent(event));
  }

  private publishComm(event: Event & {type: 'comm'}, buffers: readonly Uint8Array[]): void {
    this.comms.heard(event);
    const {type, content} = toClients(event);
    this.publisher.publish(type, this.parents.of(event.id) ?? {}, content, {metadata: event.metadata, buffers});
  }

  private closeComms(): void {
    for (const comm_id of this.comms.clear()) this.publisher.publish('comm_close', this.parents.last ?? {}, {comm_id, data: {}});
  }

  private mourn({name, message}: Death): void {
    this.publisher.stream(this.parents.last ?? {}, 'stderr', `${name}: ${message}\n${freshSession}\n`);
  }
}

/** Whether a run is still going on, to be asked and to be awaited. */
class Running {
  /** Its idle is on its way: what is said of it now comes late. */
  told = false;
  end!: () => void;
  readonly over = new Promise<void>(resolve => (this.end = resolve));
}

/** An expression whose value is `float32 [2, 3]`, or undefined. A variable of the learner's may be anything, so nothing may be thrown. */
const tensorInWords = (name: string): string => `(() => {
  try {
    const {dtype, shape, isDisposed, dataId} = ${name} as any;
    if (typeof dtype !== 'string' || !Array.isArray(shape) || !dataId) return undefined;
    return isDisposed ? 'disposed' : dtype + ' [' + shape.join(', ') + ']';
  } catch {}
})()`;

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  if (!limitMs) return;
  let timer: NodeJS.Timeout;
  await Promise.race([work, new Promise(resolve => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer!);
}

function displayContent({bundle, metadata, displayId}: {bundle: MimeBundle; metadata: JsonObject; displayId?: string}): JsonObject {
  return {data: bundle, metadata, transient: displayId === undefined ? {} : {display_id: displayId}};
}

function thrown(outcome: Exclude<Outcome, {status: 'ok'}>): ThrownError {
  if (outcome.status === 'error') return outcome.error;
  const {name, message} = outcome.death;
  return {name, message, traceback: [`${name}: ${message}`, freshSession]};
}

function errorContent({name, message, traceback}: ThrownError): ReplyContent {
  return errorReply(name, message, traceback);
}
