import type {Event, InputReply} from '../../session/wire/messages.ts';
import type {WireMessage} from '../protocol/frames.ts';
import {type ClientMessage, inputRequest} from '../protocol/messages.ts';

type AskEvent = Event & {readonly type: 'ask'};

interface InputRequest {
  readonly event: AskEvent;
  readonly request: ClientMessage;
  readonly message: WireMessage;
}

/** What the code's questions need of the kernel. */
export interface InputChannel {
  /** Sends on the stdin socket, after all that was printed before. */
  send(message: WireMessage): void;
  /** Gives the session its answer. */
  reply(reply: InputReply): void;
}

/** Questions that a cell asks, on their way to the client that sent the cell and back: one at a time for each client, in order. */
export class InputRequests {
  /** The first of each client has been sent. */
  private readonly open = new Map<string, InputRequest[]>();

  constructor(private readonly channel: InputChannel) {}

  ask(event: AskEvent, request: ClientMessage): void {
    if (request.content['allow_stdin'] !== true) {
      const refusal = 'the front end takes no questions (allow_stdin is false), as when a notebook is run from beginning to end';
      return this.channel.reply({type: 'input', ask: event.ask, refusal});
    }
    const message = inputRequest(request, {prompt: event.prompt, password: event.password});
    const client = clientOf(request);
    const queue = this.open.get(client) ?? [];
    this.open.set(client, [...queue, {event, request, message}]);
    if (!queue.length) this.channel.send(message);
  }

  /** What the client answers; false where nothing was asked (any more). */
  answer({identities, parentHeader, content}: WireMessage): boolean {
    const client = clientOf({identities});
    const [first, ...rest] = this.open.get(client) ?? [];
    const to = parentHeader['msg_id'];
    // Some clients do not say what they answer, others name the cell that asks: then it is the one question that they were sent.
    if (!first || (to !== undefined && to !== first.message.header['msg_id'] && to !== first.request.header['msg_id'])) return false;
    this.channel.reply({type: 'input', ask: first.event.ask, text: String(content['value'] ?? '')});
    this.goOn(client, rest);
    return true;
  }

  /** A request is over: nobody waits for its answers. */
  forget(request: ClientMessage): void {
    const client = clientOf(request);
    const queue = this.open.get(client);
    if (!queue?.some(each => each.request === request)) return;
    const left = queue.filter(each => each.request !== request);
    if (left[0] === queue[0]) this.open.set(client, left);
    else this.goOn(client, left);
  }

  private goOn(client: string, queue: InputRequest[]): void {
    if (queue.length) this.open.set(client, queue);
    else this.open.delete(client);
    if (queue[0]) this.channel.send(queue[0].message);
  }
}

const clientOf = ({identities}: Pick<WireMessage, 'identities'>): string => identities.map(frame => frame.toString('latin1')).join('\n');
