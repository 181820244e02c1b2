import type {Asks} from './asking/asks.ts';
import type {Calls} from './calls/calls.ts';
import type {Answer} from './evaluate/answer.ts';
import {Cells} from './evaluate/cells.ts';
import {describeThrown, interruptedError} from './evaluate/errors.ts';
import {Evaluator} from './evaluate/inspect.ts';
import {laneLimit} from './life/shared.ts';
import {Memory, openMemory} from './memory/index.ts';
import {Modules} from './modules/modules.ts';
import {endGroups} from './output/capture.ts';
import {channel} from './output/channel.ts';
import {countInterrupt, forgetLoading, whole} from './life/whole.ts';
import type {EventWriter} from './output/events.ts';
import type {Notice, Request, ThrownError} from './wire/messages.ts';
import type {SessionOptions} from './wire/options.ts';
import {afterTurns} from './wire/turns.ts';

type Incoming = typeof import('./comms/incoming.ts');
type CommRequest = Request & {readonly type: 'comm'};

// Taken before any cell can replace it.
const {setImmediate} = globalThis;

/** What comes from the host. */
interface Received {
  readonly message: Request | Notice;
  readonly buffers: readonly Uint8Array[];
}

interface Work extends Pick<Received, 'buffers'> {
  readonly request: Exclude<Request, CommRequest>;
}

/**
 * Works on requests, in each lane one at a time, in order; each is answered once, also when an interrupt leaves its code pending for ever.
 * One whose lane is free starts while others await: V8 lets their evaluations overlap.
 */
export class Requests {
  private readonly received: Received[] = [];
  private readonly waiting: Work[] = [];
  private readonly evaluator = new Evaluator();
  private readonly cells: Cells;
  private calls: Calls | undefined;
  /** Lanes by the request that runs in each. */
  private readonly running = new Map<number, number>();
  /** Comm messages under way. They do not wait in line: they are worked on whenever this thread is free. */
  private readonly beside = new Set<number>();
  private incoming: Incoming | undefined;
  /** Interrupted before they came. Ids rise: what was taken is not above the last. */
  private readonly cancelled = new Set<number>();
  private lastTaken = 0;
  /** Comm messages that came before `incoming` was loaded. */
  private comingComms = 0;

  constructor(
    options: SessionOptions,
    private readonly events: EventWriter,
    private readonly asks: Asks,
    temporary: string,
  ) {
    this.cells = new Cells(this.evaluator, new Modules(options, temporary, events.causes), options);
    if (options.memory)
      openMemory(new Memory({cause: () => events.cause, alone: () => this.running.size <= 1, print: text => events.print('stderr', text)}));
  }

  /** Keeps what arrived for `work`, which an interrupt may cut short: the next call goes on. */
  receive(received: readonly Received[]): void {
    this.received.push(...received);
  }

  work(): void {
    this.startWaiting();
    for (let next = this.received.shift(); next; next = this.received.shift()) {
      const {message, buffers} = next;
      if (message.type === 'input') {
        this.asks.answer(message);
        continue;
      }
      this.lastTaken = message.id;
      if (this.cancelled.delete(message.id) || this.events.isInterrupted(message.id)) this.cancel(message.id, () => true);
      else if (message.type === 'comm') this.takeComm(message, buffers);
      else {
        this.waiting.push({request: message, buffers});
        this.startWaiting();
      }
    }
  }

  isRunning(id: number): boolean {
    return this.running.has(id);
  }

  private isGoing(id: number): boolean {
    return this.running.has(id) || this.beside.has(id);
  }

  /** The latest of the running requests. */
  get newest(): number | undefined {
    return [...this.running.keys()].at(-1);
  }

  /**
   * The control thread ended the JavaScript of request `id`: nothing else may come to answer it. Or it still waits, or is on its way: then it will not run.
   */
  interrupted(id: number): void {
    const waits = this.waiting.find(({request}) => request.id === id);
    if (waits) this.cancel(id, () => this.unqueue(waits));
    else if (id > this.lastTaken) this.cancelled.add(id);
    else this.fail(id, interruptedError);
  }

  /** Ends a request from outside of its code, which is never gone on with. */
  fail(id: number, error: ThrownError): void {
    this.events.causes.cancel(id);
    this.settle(id, {status: 'error', error});
  }

  private takeComm({id, ...message}: CommRequest, buffers: readonly Uint8Array[]): void {
    this.events.beginBeside(id, () => this.beside.add(id));
    const settle = (answer: Answer): void => this.settle(id, answer);
    const receive = (incoming: Incoming): void => this.events.causes.runBeside(id, () => incoming.receive(message, buffers, settle));
    if (this.incoming) return receive(this.incoming);
    // Loaded by the first message, before which there can be no comm. A cell that was sent after it runs after it.
    let loading!: Promise<Incoming>;
    whole(() => (loading = import('./comms/incoming.ts'))).catch(() => {});
    this.comingComms++;
    // Counted off before its handler runs: an interrupt of that drops all that would come after.
    const loaded = (): void => {
      this.comingComms--;
      setImmediate(() => this.work());
    };
    loading.then(
      incoming => {
        loaded();
        receive((this.incoming = incoming));
      },
      (error: unknown) => {
        loaded();
        settle({status: 'error', error: describeThrown(error)});
      },
    );
  }

  private cancel(id: number, leave: () => boolean): void {
    this.events.end({type: 'done', id, status: 'error', error: interruptedError}, [], leave);
  }

  private startWaiting(): void {
    for (let work = this.nextWork(); work; work = this.nextWork()) this.start(work);
  }

  private nextWork(): Work | undefined {
    if (this.comingComms || this.running.size >= laneLimit) return undefined;
    const busy = new Set(this.running.values());
    return this.waiting.find(({request}) => !busy.has(laneOf(request)));
  }

  private unqueue(work: Work): boolean {
    const at = this.waiting.indexOf(work);
    if (at >= 0) this.waiting.splice(at, 1);
    return at >= 0;
  }

  private start(work: Work): void {
    const {id} = work.request;
    if (this.events.isInterrupted(id)) return this.cancel(id, () => this.unqueue(work));
    // What an interrupt cut off all the same is under way no more.
    if (!this.running.size) {
      forgetLoading();
      endGroups();
    }
    this.events.begin(id, () => {
      this.unqueue(work);
      this.running.set(id, laneOf(work.request));
    });
    this.events.causes.run(id, () => this.perform(work, answer => this.answered(id, answer)));
  }

  private perform({request, buffers}: Work, settle: (answer: Answer) => void): void {
    try {
      if (request.type === 'run') {
        channel()?.begin({request: request.id, id: request.cell.id});
        // A turn of the event loop later, Node has told of the rejections that nobody handled: they are shown before the answer.
        return this.cells.run(request.id, request.cell, answer => void setImmediate(settle, answer));
      }
      // Loaded by the first call: a notebook's session makes none.
      const calling = whole(() => import('./calls/calls.ts')).then(({Calls}) =>
        (this.calls ??= new Calls(this.evaluator)).perform(request, buffers, settle),
      );
      calling.catch((error: unknown) => settle({status: 'error', error: describeThrown(error)}));
    } catch (error) {
      settle({status: 'error', error: describeThrown(error)});
    }
  }

  /** A request that asked, without waiting for it, is done when it has been answered: later, the front end would not hear. */
  private answered(id: number, answer: Answer): void {
    const open = answer.status === 'ok' ? this.asks.open(id) : undefined;
    if (open) void open.then(() => afterTurns(turnsToAskAgain, () => this.answered(id, answer)));
    else this.settle(id, answer);
  }

  private settle(id: number, {buffers = [], ...body}: Answer): void {
    if (body.status === 'error' && body.error === interruptedError && this.isGoing(id)) {
      countInterrupt();
      this.events.causes.cancel(id);
      channel()?.interrupted();
    }
    this.events.end({type: 'done', id, ...body}, buffers, () => {
      this.asks.forget(id);
      this.evaluator.abandon(id);
      return this.running.delete(id) || this.beside.delete(id);
    });
    if (this.waiting.length || this.received.length) setImmediate(() => this.work());
  }
}

/** A stream that got a line asks for the next one some turns of the event loop later. */
const turnsToAskAgain = 3;

const laneOf = (request: Request): number => (request.type === 'run' ? (request.lane ?? 0) : 0);
