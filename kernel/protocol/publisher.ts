import type {JsonObject, WireMessage} from './frames.ts';
import {broadcast} from './messages.ts';

/**
 * All that goes out on iopub, in order. Printed text is joined while the process is busy reading it:
 * a hundred thousand lines are a few hundred messages, a single line leaves at once.
 */
export class Publisher {
  /** The request that runs now, for as long as it does. */
  running: JsonObject | undefined;
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
    // Another request was answered meanwhile: clients show what they heard last.
    if (state === 'idle' && this.running && this.running !== parent) this.publish('status', this.running, {execution_state: 'busy'});
  }

  private flush(): void {
    if (!this.text) return;
    const {parent, name, pieces} = this.text;
    this.text = undefined;
    this.send(broadcast('stream', parent, {name, text: pieces.join('')}));
  }
}
