import type {Calls} from './calls/calls.ts';
import type {Answer} from './evaluate/answer.ts';
import {Cells} from './evaluate/cells.ts';
import {describeThrown, interruptedError} from './evaluate/errors.ts';
import {Evaluator} from './evaluate/inspect.ts';
import {Modules} from './modules/modules.ts';
import type {EventWriter} from './output/events.ts';
import type {Request} from './wire/messages.ts';
import type {SessionOptions} from './wire/options.ts';

interface Work {
  readonly request: Request;
  readonly buffers: readonly Uint8Array[];
}

/** Works on requests one at a time, in order; each is answered once, also when an interrupt leaves its code pending for ever. */
export class Requests {
  private readonly waiting: Work[] = [];
  private readonly evaluator = new Evaluator();
  private readonly cells: Cells;
  private calls: Calls | undefined;
  private running = 0;

  constructor(
    options: SessionOptions,
    private readonly events: EventWriter,
    temporary: string,
  ) {
    this.cells = new Cells(this.evaluator, new Modules(options, temporary), options);
  }

  take(request: Request, buffers: readonly Uint8Array[]): void {
    this.waiting.push({request, buffers});
    if (!this.running) this.next();
  }

  /** The control thread ended the JavaScript of request `id`: nothing else may come to answer it. */
  interrupted(id: number): void {
    this.settle(id, {status: 'error', error: interruptedError});
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
      if (request.type === 'run') return this.cells.run(request.cell, settle);
      // Loaded by the first call: a notebook's session makes none.
      const calling = import('./calls/calls.ts').then(({Calls}) =>
        (this.calls ??= new Calls(this.evaluator)).perform(request, buffers, settle),
      );
      calling.catch((error: unknown) => settle({status: 'error', error: describeThrown(error)}));
    } catch (error) {
      settle({status: 'error', error: describeThrown(error)});
    }
  }

  private settle(id: number, {buffers = [], ...body}: Answer): void {
    if (this.running !== id) return;
    this.running = 0;
    this.events.end({type: 'done', id, ...body}, buffers);
    if (this.waiting.length) setImmediate(() => this.running || this.next());
  }
}
