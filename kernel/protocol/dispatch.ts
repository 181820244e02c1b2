import {type ClientMessage, errorReply, type ReplyContent, replyTo} from './messages.ts';
import type {Publisher} from './publisher.ts';
import type {Sockets} from './sockets.ts';
import type {Subshells} from './subshells.ts';

/** Answers one type of message. What gives nothing back (comm messages) gets no reply. */
export type Handler = (request: ClientMessage) => ReplyContent | undefined | Promise<ReplyContent | undefined>;

/** One handler per message type; `queued` ones run one after another in each shell, the rest are answered at once, also while a cell is busy. */
export interface Handlers {
  readonly queued: Readonly<Record<string, Handler>>;
  readonly atOnce: Readonly<Record<string, Handler>>;
}

/** How many turns of the event loop a failed cell waits for requests that were sent before its failure could be known. */
const turnsBeforeAbort = 4;

/** Takes requests, puts each between busy and idle, and sends the reply. */
export class Dispatcher {
  /** What waits in each shell, by its lane, for as long as something runs there. */
  private readonly queues = new Map<number, ClientMessage[]>();
  private received = 0;

  constructor(
    private readonly handlers: Handlers,
    private readonly subshells: Subshells,
    private readonly publisher: Publisher,
    private readonly send: Sockets['send'],
  ) {}

  dispatch(request: ClientMessage): void {
    this.received++;
    if (request.malformed !== undefined) return void this.answer(request, malformedRequest);
    const lane = this.subshells.laneOf(request.header);
    if (!Object.hasOwn(this.handlers.queued, request.type))
      return void this.answerAtOnce(request, lane !== undefined || request.channel === 'control');
    if (lane === undefined) return void this.answer(request, forUnknownSubshell);
    const queue = this.queues.get(lane);
    if (queue) queue.push({...request, lane});
    else void this.runQueue(lane, [{...request, lane}]);
  }

  /** A subshell is gone: what waits in it is not run. */
  abort(lane: number): void {
    void this.abortAll(this.queues.get(lane)?.splice(0) ?? []);
  }

  private async runQueue(lane: number, queue: ClientMessage[]): Promise<void> {
    this.queues.set(lane, queue);
    for (let request = queue.shift(); request; request = queue.shift()) {
      const aborted: ClientMessage[] = [];
      await this.occupy(request, async () => {
        const reply = await settle(this.handlers.queued[request!.type]!, request!);
        // What was sent before the failure could be known is aborted; what is sent after the reply is a new start.
        if (reply?.status === 'error' && request!.content['stop_on_error'] !== false) aborted.push(...(await this.takeLate(queue)));
        return reply;
      });
      await this.abortAll(aborted);
    }
    this.queues.delete(lane);
  }

  private async abortAll(requests: readonly ClientMessage[]): Promise<void> {
    for (const request of requests) await this.occupy(request, () => ({status: 'aborted'}));
  }

  private async answerAtOnce(request: ClientMessage, shellIsKnown: boolean): Promise<void> {
    const handler = Object.hasOwn(this.handlers.atOnce, request.type) ? this.handlers.atOnce[request.type] : undefined;
    const isRequest = request.type.endsWith('_request');
    if (!handler && !isRequest) return;
    const refused = (): ReplyContent => errorReply('NotSupported', `This kernel has no answer to ${request.type}`);
    await this.answer(request, isRequest && !shellIsKnown ? forUnknownSubshell : (handler ?? refused));
  }

  /** Answers what a shell is busy with. */
  private async occupy(request: ClientMessage, handler: Handler): Promise<void> {
    const {running} = this.publisher;
    running.add(request.header);
    await this.answer(request, handler);
    running.delete(request.header);
  }

  private async answer(request: ClientMessage, handler: Handler): Promise<void> {
    this.publisher.status(request.header, 'busy');
    const reply = await settle(handler, request);
    if (reply) this.send(request.channel, replyTo(request, reply));
    this.publisher.status(request.header, 'idle');
  }

  private async takeLate(queue: ClientMessage[]): Promise<ClientMessage[]> {
    for (let turn = 0, before = this.received; turn < turnsBeforeAbort; turn++) {
      await new Promise(resolve => setImmediate(resolve));
      if (this.received > before) [turn, before] = [0, this.received];
    }
    return queue.splice(0);
  }
}

export const unknownSubshell = (id: unknown): ReplyContent =>
  errorReply(
    'UnknownSubshell',
    `Expected the id of a subshell, got ${String(id)}; list_subshell_request names them, create_subshell_request makes one`,
  );

const malformedRequest: Handler = ({malformed = ''}) =>
  errorReply('MalformedRequest', `Expected a request as Jupyter's messaging protocol has it: ${malformed}`);

const forUnknownSubshell: Handler = ({header}) => unknownSubshell(header['subshell_id']);

async function settle(handler: Handler, request: ClientMessage): Promise<ReplyContent | undefined> {
  try {
    return await handler(request);
  } catch (error) {
    // A fault of ours: the client hears of it, the kernel goes on.
    return errorReply('KernelError', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
