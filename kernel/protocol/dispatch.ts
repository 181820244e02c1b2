import type {JsonObject} from './frames.ts';
import {type ClientMessage, errorReply, type ReplyContent, replyTo} from './messages.ts';
import type {Publisher} from './publisher.ts';
import type {Sockets} from './sockets.ts';

/** Answers one type of message. What gives nothing back (comm messages) gets no reply. */
export type Handler = (request: ClientMessage) => ReplyContent | undefined | Promise<ReplyContent | undefined>;

/** One handler per message type; `queued` ones run one after another, the rest are answered at once, also while a cell is busy. */
export interface Handlers {
  readonly queued: Readonly<Record<string, Handler>>;
  readonly atOnce: Readonly<Record<string, Handler>>;
}

/** How many turns of the event loop a failed cell waits for requests that were sent before its failure could be known. */
const turnsBeforeAbort = 4;

/** Takes requests, puts each between busy and idle, and sends the reply. */
export class Dispatcher {
  private readonly queue: ClientMessage[] = [];
  private running: JsonObject | undefined;
  private received = 0;

  constructor(
    private readonly handlers: Handlers,
    private readonly publisher: Publisher,
    private readonly send: Sockets['send'],
  ) {}

  dispatch(request: ClientMessage): void {
    this.received++;
    if (Object.hasOwn(this.handlers.queued, request.type)) {
      this.queue.push(request);
      if (!this.running) void this.runQueue();
    } else void this.answerAtOnce(request);
  }

  private async runQueue(): Promise<void> {
    for (let request = this.queue.shift(); request; request = this.queue.shift()) {
      this.running = request.header;
      const reply = await this.answer(request, this.handlers.queued[request.type]!);
      if (reply?.status === 'error' && request.content['stop_on_error'] !== false) await this.abortQueue();
    }
    this.running = undefined;
  }

  private async answerAtOnce(request: ClientMessage): Promise<void> {
    const handler = Object.hasOwn(this.handlers.atOnce, request.type) ? this.handlers.atOnce[request.type] : undefined;
    if (!handler && !request.type.endsWith('_request')) return;
    await this.answer(request, handler ?? (() => errorReply('NotSupported', `This kernel has no answer to ${request.type}`)));
    // A cell is still running: clients show what they heard last.
    if (this.running) this.publisher.status(this.running, 'busy');
  }

  private async answer(request: ClientMessage, handler: Handler): Promise<ReplyContent | undefined> {
    this.publisher.status(request.header, 'busy');
    const reply = await settle(handler, request);
    if (reply) this.send(request.channel, replyTo(request, reply));
    this.publisher.status(request.header, 'idle');
    return reply;
  }

  private async abortQueue(): Promise<void> {
    for (let turn = 0; turn < turnsBeforeAbort; turn++) {
      const before = this.received;
      await new Promise(resolve => setImmediate(resolve));
      if (this.received > before) turn = 0;
    }
    for (const request of this.queue.splice(0)) await this.answer(request, () => ({status: 'aborted'}));
  }
}

async function settle(handler: Handler, request: ClientMessage): Promise<ReplyContent | undefined> {
  try {
    return await handler(request);
  } catch (error) {
    // A fault of ours: the client hears of it, the kernel goes on.
    return errorReply('KernelError', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
