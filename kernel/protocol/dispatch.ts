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
      if (!this.publisher.running) void this.runQueue();
    } else void this.answerAtOnce(request);
  }

  private async runQueue(): Promise<void> {
    for (let request = this.queue.shift(); request; request = this.queue.shift()) {
      this.publisher.running = request.header;
      const aborted: ClientMessage[] = [];
      await this.answer(request, async () => {
        const reply = await settle(this.handlers.queued[request!.type]!, request!);
        // What was sent before the failure could be known is aborted; what is sent after the reply is a new start.
        if (reply?.status === 'error' && request!.content['stop_on_error'] !== false) aborted.push(...(await this.takeQueue()));
        return reply;
      });
      for (const late of aborted) {
        this.publisher.running = late.header;
        await this.answer(late, () => ({status: 'aborted'}));
      }
    }
    this.publisher.running = undefined;
  }

  private async answerAtOnce(request: ClientMessage): Promise<void> {
    const handler = Object.hasOwn(this.handlers.atOnce, request.type) ? this.handlers.atOnce[request.type] : undefined;
    if (!handler && !request.type.endsWith('_request')) return;
    await this.answer(request, handler ?? (() => errorReply('NotSupported', `This kernel has no answer to ${request.type}`)));
  }

  private async answer(request: ClientMessage, handler: Handler): Promise<void> {
    this.publisher.status(request.header, 'busy');
    const reply = await settle(handler, request);
    if (reply) this.send(request.channel, replyTo(request, reply));
    this.publisher.status(request.header, 'idle');
  }

  private async takeQueue(): Promise<ClientMessage[]> {
    for (let turn = 0, before = this.received; turn < turnsBeforeAbort; turn++) {
      await new Promise(resolve => setImmediate(resolve));
      if (this.received > before) [turn, before] = [0, this.received];
    }
    return this.queue.splice(0);
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
