import type {JsonObject} from '../protocol/frames.ts';
import {type ClientMessage, errorReply, type ReplyContent} from '../protocol/messages.ts';
import type {Publisher} from '../protocol/publisher.ts';
import type {Debuggee, Debugger} from './debugger.ts';
import {DebugRefusal} from './protocol.ts';

/** Answers debug_request with the debugger's responses, and publishes its events. */
export class DebugRequests {
  private loaded: Promise<Debugger> | undefined;
  private debugger: Debugger | undefined;
  private parent: JsonObject = {};
  private seq = 0;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly publisher: Publisher,
  ) {}

  async answer({header, content}: ClientMessage): Promise<ReplyContent> {
    this.parent = header;
    const command = String(content['command'] ?? '');
    const response = {type: 'response', request_seq: content['seq'] ?? 0, command};
    try {
      const given = content['arguments'];
      const args = typeof given === 'object' && given !== null ? (given as JsonObject) : {};
      const body = await (await this.load()).answer({seq: Number(content['seq'] ?? 0), command, arguments: args});
      return {...response, status: 'ok', seq: ++this.seq, success: true, body: body ?? {}};
    } catch (error) {
      if (!(error instanceof DebugRefusal)) throw error;
      return {...errorReply(error.name, error.message), ...response, seq: ++this.seq, success: false, message: error.message, body: {}};
    }
  }

  /** What is paused while no cell runs (in a timer of an earlier one) runs on. */
  release(): void {
    this.debugger?.release();
  }

  /** Loaded by the first request: few notebooks are debugged. */
  private load(): Promise<Debugger> {
    return (this.loaded ??= import('./debugger.ts').then(
      ({Debugger}) =>
        (this.debugger = new Debugger(this.debuggee, (event, body) =>
          this.publisher.publish('debug_event', this.parent, {type: 'event', seq: ++this.seq, event, body}),
        )),
    ));
  }
}
