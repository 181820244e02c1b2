import type {JsonObject, WireMessage} from './frames.ts';
import {broadcast} from './messages.ts';

/**
 * All that goes out on iopub, in order. Printed text is joined while the process is busy reading it:
 * a hundred thousand lines are a few hundred messages, a single line leaves at once.
 */
export class Publisher {
  /** The headers of the requests that run now, each for as long as it does. */
  readonly running = new Set<JsonObject>();
  private text: {readonly parent: JsonObject; readonly name: string; readonly pieces: string[]} | undefined;

  constructor(private readonly send: (message: WireMessage) => void) {}

  publish(type: string, parent: JsonObject, content: JsonObject, more: Partial<Pick<WireMessage, 'metadata' | 'buffers'>> = {}): void {
    this.flush();
    this.send(broadcast(type, parent, content, more));
  }

  stream(parent: JsonObject, name: 'stdout' | 'stderr', text: string): void {
    if (this.text?.parent === parent && this.text.name === name) {
      this.text.pieces.push(text);
      return;
    }
    this.flush();
    this.text = {parent, name, pieces: [text]};
    setImmediate(() => this.flush());
  }

  /** Says something about a request that was done before: between a busy and an idle of its own, so that nothing comes after an idle. */
  late(parent: JsonObject, name: 'stdout' | 'stderr', text: string): void {
    this.status(parent, 'busy');
    this.stream(parent, name, text);
    this.status(parent, 'idle');
  }

  status(parent: JsonObject, state: 'starting' | 'busy' | 'idle'): void {
    this.publish('status', parent, {execution_state: state});
    if (state !== 'idle') return;
    // Clients show what they heard last: another request still runs.
    for (const header of this.running)
      if (header !== parent)
        // To whatever comes for a cell JupyterLab's debugger answers with a request, which must not go on for ever.
        return this.publish('status', parent['msg_type'] === 'debug_request' ? {} : header, {execution_state: 'busy'});
  }

  /** Sends the text that waits. */
  flush(): void {
    if (!this.text) return;
    const {parent, name, pieces} = this.text;
    this.text = undefined;
    this.send(broadcast('stream', parent, {name, text: pieces.join('')}));
  }
}
