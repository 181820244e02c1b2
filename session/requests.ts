import type {Calls} from './calls/calls.ts';
import type {Answer} from './evaluate/answer.ts';
import {Cells} from './evaluate/cells.ts';
import {describeThrown, interruptedError} from './evaluate/errors.ts';
import {Evaluator} from './evaluate/inspect.ts';
import {Memory, openMemory} from './memory/index.ts';
import {Modules} from './modules/modules.ts';
import {channel} from './output/channel.ts';
import type {EventWriter} from './output/events.ts';
import type {Request} from './wire/messages.ts';
import type {SessionOptions} from './wire/options.ts';

type Incoming = typeof import('./comms/incoming.ts');

// Taken before any cell can replace it.
const {setImmediate} = globalThis;

interface Work {
  readonly request: Exclude<Request, {type: 'comm'}>;
  readonly buffers: readonly Uint8Array[];
}

/** Works on requests one at a time, in order; each is answered once, also when an interrupt leaves its code pending for ever. */
export class Requests {
  private readonly waiting: Work[] = [];
  private readonly evaluator = new Evaluator();
  private readonly cells: Cells;
  private calls: Calls | undefined;
  private running = 0;
  /** Comm messages under way. They do not wait in line: they are worked on whenever this thread is free. */
  private readonly beside = new Set<number>();
  private incoming: Incoming | undefined;

  constructor(
    options: SessionOptions,
    private readonly events: EventWriter,
    temporary: string,
  ) {
    this.cells = new Cells(this.evaluator, new Modules(options, temporary), options);
    if (options.memory) openMemory(new Memory({cause: () => events.cause, print: text => events.print('stderr', text)}));
  }

  take(request: Request, buffers: readonly Uint8Array[]): void {
    if (request.type === 'comm') return this.takeComm(request, buffers);
    this.waiting.push({request, buffers});
    if (!this.running) this.next();
  }

  /** The control thread ended the JavaScript of request `id`: nothing else may come to answer it. */
  interrupted(id: number): void {
    this.settle(id, {status: 'error', error: interruptedError});
  }

  private takeComm({id, ...message}: Request & {type: 'comm'}, buffers: readonly Uint8Array[]): void {
    this.beside.add(id);
    if (!this.running) this.events.run(this.front);
    const {causes} = this.events;
    const receive = (incoming: Incoming): void =>
      causes.runBeside(id, () => incoming.receive(message, buffers, answer => this.settle(id, answer)));
    if (this.incoming) return receive(this.incoming);
    // Loaded by the first message, before which there can be no comm.
    import('./comms/incoming.ts')
      .then(incoming => receive((this.incoming = incoming)))
      .catch((error: unknown) => this.settle(id, {status: 'error', error: describeThrown(error)}));
  }

  private next(): void {
    const work = this.waiting.shift();
    if (!work) return;
    const {id} = work.request;
    this.running = id;
    this.events.begin(id);
    this.events.causes.run(id, () => this.work(work, answer => this.settle(id, answer)));
  }

  private work({request, buffers}: Work, settle: (answer: Answer) => void): void {
    try {
      if (request.type === 'run') {
        channel()?.begin({request: request.id, id: request.cell.id});
        // A turn of the event loop later, Node has told of the rejections that nobody handled: they are shown before the answer.
        return this.cells.run(request.cell, answer => void setImmediate(settle, answer));
      }
      // Loaded by the first call: a notebook's session makes none.
      const calling = import('./calls/calls.ts').then(({Calls}) =>
        (this.calls ??= new Calls(this.evaluator)).perform(request, buffers, settle),
      );
      calling.catch((error: unknown) => settle({status: 'error', error: describeThrown(error)}));
    } catch (error) {
      settle({status: 'error', error: describeThrown(error)});
    }
  }

  /** An interrupt is meant for all that goes on. */
  private settle(id: number, answer: Answer): void {
    if (this.running !== id && !this.beside.has(id)) return;
    const interrupted = answer.status === 'error' && answer.error === interruptedError;
    if (interrupted) channel()?.interrupted();
    this.finish(id, answer);
    if (interrupted) for (const other of this.going()) this.finish(other, answer);
  }

  private finish(id: number, {buffers = [], ...body}: Answer): void {
    if (!this.beside.delete(id)) this.running = 0;
    this.events.end({type: 'done', id, ...body}, buffers, this.front);
    if (!this.running && this.waiting.length) setImmediate(() => this.running || this.next());
  }

  private going(): number[] {
    return this.running ? [this.running, ...this.beside] : [...this.beside];
  }

  /** The request that an interrupt names. */
  private get front(): number {
    return this.going()[0] ?? 0;
  }
}
